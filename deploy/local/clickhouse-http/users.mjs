// Users of the HTTP front: a password each, and some that only read. A stand-in for a server's users, whose grants
// are those of deploy/clickhouse/users.d.
import { ServerError } from './errors.mjs';

const READS = /^\s*(SELECT|WITH|SHOW|DESCRIBE|DESC|EXPLAIN|EXISTS)\b/i;

/** Name and password as a client sends them: HTTP Basic, ClickHouse's headers, or the URL. */
function credentialsOf({ headers }, url) {
  const basic = /^Basic (\S+)$/i.exec(headers.authorization ?? '')?.[1];
  if (basic) {
    const [name, ...password] = Buffer.from(basic, 'base64').toString('utf8').split(':');
    return { name, password: password.join(':') };
  }
  return {
    name: headers['x-clickhouse-user'] ?? url.get('user') ?? 'default',
    password: headers['x-clickhouse-key'] ?? url.get('password') ?? '',
  };
}

/** @throws {ServerError} 516, as a server, for who is unknown or shows a wrong password. */
export function userOf(users, request, url) {
  const { name, password } = credentialsOf(request, url);
  const user = Object.hasOwn(users, name) ? users[name] : undefined;
  if (user?.password === password) return { name, ...user };
  throw new ServerError(
    516,
    'AUTHENTICATION_FAILED',
    `${name}: Authentication failed: password is incorrect, or there is no user with such name.`,
  );
}

/** @throws {ServerError} 164, as a server, when a user that only reads would write. */
export function allow({ name, readOnly }, { sql, isInsert, settings }) {
  if (!readOnly) return;
  if (isInsert || !READS.test(sql)) {
    throw new ServerError(164, 'READONLY', `${name}: Cannot execute query in readonly mode.`);
  }
  settings.readonly = '2';
}
