// An HTTP request as a query: ClickHouse's URL parameters, headers and bodies.
import { randomUUID } from 'node:crypto';
import { createWriteStream, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { buffer } from 'node:stream/consumers';
import { createGunzip } from 'node:zlib';
import { ServerError } from './errors.mjs';
import { hasSecondStatement, parseInsert } from './sql.mjs';

// URL parameters that are no settings, and settings that only the HTTP layer of a server knows.
const NOT_SETTINGS = new Set([
  ...['query', 'query_id', 'database', 'default_format', 'session_id', 'session_timeout', 'session_check'],
  ...['user', 'password', 'quota_key', 'role', 'stacktrace', 'compress', 'decompress', 'close_session'],
  ...['client_protocol_version', 'buffer_size', 'wait_end_of_query', 'send_progress_in_http_headers'],
  ...['http_response_buffer_size', 'http_headers_progress_interval_ms', 'http_send_progress_interval_ms'],
  ...['enable_http_compression', 'http_zlib_compression_level', 'http_response_compression_method'],
  'http_native_compression_disable_checksumming_on_decompress',
]);
const NAME = /^[A-Za-z_]\w*$/;

function checkName(name) {
  if (!NAME.test(name)) throw new ServerError(115, 'UNKNOWN_SETTING', `Unknown setting '${name}'.`);
  return name;
}

function settingsAndParams(url) {
  const settings = {};
  const params = {};
  for (const [name, value] of url) {
    if (name.startsWith('param_')) params[checkName(name.slice('param_'.length))] = value;
    else if (!NOT_SETTINGS.has(name)) settings[checkName(name)] = value;
  }
  return { settings, params };
}

/** The body, decompressed. */
function bodyOf(request) {
  const encoding = request.headers['content-encoding'] ?? 'identity';
  if (encoding === 'identity') return [request];
  if (encoding === 'gzip') return [request, createGunzip()];
  throw new ServerError(
    48,
    'NOT_IMPLEMENTED',
    `Content-Encoding ${encoding} is not supported here, gzip is.`,
  );
}

async function readText([source, ...transforms]) {
  if (source === undefined) return '';
  let text = '';
  if (transforms.length === 0) return (await buffer(source)).toString('utf8');
  await pipeline(source, ...transforms, async (decoded) => {
    text = (await buffer(decoded)).toString('utf8');
  });
  return text;
}

/**
 * The statement of a request, whose body is a source and what decodes it (none when it was read already). The
 * data of an insert goes to a file in `spoolDir` and is read from there: chDB ends inline data at an empty line,
 * and from a file it takes every format, in parallel and without a copy in V8.
 */
async function readStatement(body, urlQuery, spoolDir) {
  const spoolFile = join(spoolDir, `${randomUUID()}.data`);
  const insert = parseInsert(urlQuery);
  if (insert && insert.data === '') {
    await pipeline(...body, createWriteStream(spoolFile));
    return { sql: insert.fromFile(spoolFile), isInsert: true, spoolFile };
  }
  const sql = [urlQuery, await readText(body)].filter((part) => part !== '').join('\n');
  const inline = parseInsert(sql);
  if (inline) {
    writeFileSync(spoolFile, inline.data);
    return { sql: inline.fromFile(spoolFile), isInsert: true, spoolFile };
  }
  if (sql.trim() === '') throw new ServerError(62, 'SYNTAX_ERROR', 'Syntax error: empty query.');
  if (hasSecondStatement(sql)) {
    throw new ServerError(62, 'SYNTAX_ERROR', 'Syntax error (Multi-statements are not allowed).');
  }
  return { sql, isInsert: /^\s*INSERT\b/i.test(sql), spoolFile: undefined };
}

/** `http_max_field_value_size` of a server. */
const MAX_FIELD_BYTES = 128 * 1024;

/** URL parameters and, of a form, its fields: long parameters are sent so, and the statement with them. */
async function withFormFields(request, url) {
  const type = request.headers['content-type'] ?? '';
  if (!/^multipart\/form-data\b/i.test(type)) return { url, isForm: false };
  const [source, ...transforms] = bodyOf(request);
  if (transforms.length > 0) {
    throw new ServerError(48, 'NOT_IMPLEMENTED', 'Compressed forms are not supported here.');
  }
  const body = await buffer(source);
  const fields = await new Response(body, { headers: { 'content-type': type } }).formData().catch((cause) => {
    throw new ServerError(
      27,
      'CANNOT_PARSE_INPUT_ASSERTION_FAILED',
      `Cannot read the form: ${cause.message}.`,
    );
  });
  const all = new URLSearchParams(url);
  for (const [name, value] of fields) {
    if (typeof value !== 'string') {
      throw new ServerError(48, 'NOT_IMPLEMENTED', 'External tables are not supported here.');
    }
    if (Buffer.byteLength(value) > MAX_FIELD_BYTES) {
      throw new ServerError(1000, 'POCO_EXCEPTION', `Field value of ${name} is too long.`);
    }
    all.append(name, value);
  }
  return { url: all, isForm: true };
}

/**
 * Reads a whole request.
 *
 * @returns the statement (`spoolFile`, when set, belongs to the caller, who removes it), its settings and
 *   parameters as strings, and what the answer has to look like.
 * @throws {ServerError} for what the front does not take.
 */
export async function readQuery(request, urlParameters, spoolDir) {
  const { headers } = request;
  const { url, isForm } = await withFormFields(request, urlParameters);
  const body = isForm ? [] : bodyOf(request);
  const statement = await readStatement(body, url.get('query') ?? '', spoolDir);
  const wantsGzip =
    url.get('enable_http_compression') === '1' && /\bgzip\b/.test(headers['accept-encoding'] ?? '');
  return {
    ...statement,
    ...settingsAndParams(url),
    database: url.get('database') ?? headers['x-clickhouse-database'],
    format: url.get('default_format') ?? headers['x-clickhouse-format'] ?? 'TabSeparated',
    sessionId: url.get('session_id') ?? undefined,
    sessionTimeoutSeconds: Number(url.get('session_timeout') ?? 60),
    wantsGzip,
  };
}
