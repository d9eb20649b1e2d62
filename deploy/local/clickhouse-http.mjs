// ClickHouse's HTTP protocol in front of chDB, the ClickHouse engine without its server.
//
// For tests and for laptops without a ClickHouse server ONLY: no access control (every user name is accepted) but
// what --secure asks for, results are built in memory, one process per data folder. It gives the engine's own SQL, types and errors, so
// that code written for a server runs unchanged; it does not prove what only a server has (users, quotas, TLS,
// replication, limits on connections).
//
//   node deploy/local/clickhouse-http.mjs --port 8123 --path DIR [--secure FILE]
//
// FILE is JSON: {cert, key: PEM files, users: {NAME: {password, readOnly}}}; then it is HTTPS, with these users alone.
//
// Prints its URL once it answers; SIGTERM and SIGINT end it after the running queries.
import { randomUUID } from 'node:crypto';
import { mkdirSync, readFileSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import { resolve } from 'node:path';
import { parseArgs, promisify } from 'node:util';
import { gzip } from 'node:zlib';
import { describeError } from './clickhouse-http/errors.mjs';
import { readQuery } from './clickhouse-http/request.mjs';
import { allow, userOf } from './clickhouse-http/users.mjs';
import { ensureChdb } from './install.mjs';

const HOST = '127.0.0.1';
const compress = promisify(gzip);

function summaryOf(result, isInsert) {
  const rows = String(result.rowsRead);
  const bytes = String(result.bytesRead);
  return JSON.stringify({
    read_rows: rows,
    read_bytes: bytes,
    written_rows: isInsert ? rows : '0',
    written_bytes: isInsert ? bytes : '0',
    total_rows_to_read: '0',
    result_rows: rows,
    result_bytes: bytes,
    elapsed_ns: String(Math.round(result.elapsed * 1e9)),
  });
}

function contentType(format) {
  if (/^JSON(Compact|Strings)*(EachRow|Progress)|NDJSON/.test(format))
    return 'application/x-ndjson; charset=UTF-8';
  if (format.startsWith('JSON')) return 'application/json; charset=UTF-8';
  if (format.startsWith('CSV')) return 'text/csv; charset=UTF-8';
  if (/^(TabSeparated|TSV)/.test(format)) return 'text/tab-separated-values; charset=UTF-8';
  return 'application/octet-stream';
}

function send(response, status, headers, body) {
  response.writeHead(status, { ...headers, 'Content-Length': body.length });
  response.end(body);
}

async function answerQuery({ engine, identity, spoolDir, users }, request, response, url) {
  const queryId = url.get('query_id') || randomUUID();
  const headers = {
    'X-ClickHouse-Query-Id': queryId,
    'X-ClickHouse-Server-Display-Name': `chdb-${identity.version}`,
    'X-ClickHouse-Timezone': identity.timeZone,
  };
  let spoolFile;
  try {
    const user = users && userOf(users, request, url);
    const query = await readQuery(request, url, spoolDir);
    spoolFile = query.spoolFile;
    if (user) allow(user, query);
    const result = await engine.run(query);
    const bytes = result.bytes();
    Object.assign(headers, {
      'Content-Type': contentType(query.format),
      'X-ClickHouse-Format': query.format,
      'X-ClickHouse-Summary': summaryOf(result, query.isInsert),
      ...(query.wantsGzip ? { 'Content-Encoding': 'gzip' } : {}),
    });
    send(response, 200, headers, query.wantsGzip ? await compress(bytes) : bytes);
  } catch (error) {
    const { code, status, text } = describeError(error);
    const type = { 'Content-Type': 'text/plain; charset=UTF-8', 'X-ClickHouse-Exception-Code': String(code) };
    // A body that was not read to its end would be taken for the next request.
    if (!request.complete) response.shouldKeepAlive = false;
    send(response, status, { ...headers, ...type }, Buffer.from(`${text}\n`));
  } finally {
    if (spoolFile) rmSync(spoolFile, { force: true });
  }
}

function handle(context, request, response) {
  const { pathname, searchParams } = new URL(request.url, 'http://localhost');
  const plain = { 'Content-Type': 'text/plain; charset=UTF-8' };
  const isIndex = pathname === '/' && request.method === 'GET' && !searchParams.has('query');
  if (pathname === '/ping' || isIndex) return send(response, 200, plain, Buffer.from('Ok.\n'));
  if (pathname !== '/') return send(response, 404, plain, Buffer.from(`There is no handle ${pathname}\n`));
  return answerQuery(context, request, response, searchParams);
}

function closeServer(server) {
  return new Promise((done) => {
    server.close(done);
    server.closeIdleConnections();
  });
}

async function main() {
  const option = { type: 'string' };
  const { values } = parseArgs({ options: { port: option, path: option, secure: option } });
  const secure = values.secure && JSON.parse(readFileSync(values.secure, 'utf8'));
  if (!values.path || !/^\d+$/.test(values.port ?? '')) {
    throw new Error('usage: node deploy/local/clickhouse-http.mjs --port N --path DIR');
  }
  await ensureChdb();
  const { Engine } = await import('./clickhouse-http/engine.mjs');
  const path = resolve(values.path);
  mkdirSync(path, { recursive: true });
  const engine = new Engine(path);
  // Beside the data; what a killed process left there goes now.
  const spoolDir = `${path}.inserts`;
  rmSync(spoolDir, { recursive: true, force: true });
  mkdirSync(spoolDir);
  const context = { engine, identity: await engine.identify(), spoolDir, users: secure?.users };
  const listener = (request, response) => void handle(context, request, response);
  const server = secure
    ? createTlsServer({ cert: readFileSync(secure.cert), key: readFileSync(secure.key) }, listener)
    : createServer(listener);
  server.requestTimeout = 0;
  server.keepAliveTimeout = 10_000; // the ClickHouse server's own
  const stop = async () => {
    await closeServer(server);
    await engine.close();
    rmSync(spoolDir, { recursive: true, force: true });
    process.exit(0);
  };
  process.once('SIGTERM', () => void stop());
  process.once('SIGINT', () => void stop());
  await new Promise((done, failed) => server.once('error', failed).listen(Number(values.port), HOST, done));
  console.log(`${secure ? 'https' : 'http'}://${HOST}:${server.address().port}`);
}

main().catch((error) => {
  console.error(error.message);
  process.exit(1);
});
