// chDB behind the HTTP front: one connection per request, or one per HTTP session.
import { drainPending, Session } from 'chdb';
import { ServerError } from './errors.mjs';
import { quote, quoteName } from './sql.mjs';

function assignments(values, prefix = '') {
  return Object.entries(values).map(([name, value]) => `${prefix}${name} = ${quote(value)}`);
}

/** One chDB data folder; queries run in parallel, each with its own settings and parameters. */
export class Engine {
  #path;
  #keepOpen;
  #sessions = new Map();

  /** @param {string} path the data folder; chDB allows one process at a time. */
  constructor(path) {
    this.#path = path;
    // The engine lives as long as any connection to the folder does.
    this.#keepOpen = new Session(path);
  }

  /** @returns {Promise<{version: string, timeZone: string}>} the engine's own answers; also proves that it works. */
  async identify() {
    const result = await this.#keepOpen.queryAsync('SELECT version(), timezone()', {
      format: 'JSONCompactEachRow',
    });
    const [version, timeZone] = JSON.parse(result.text());
    return { version, timeZone };
  }

  /** Runs one query of `readQuery`; the result holds bytes and counts. */
  async run(query) {
    if (query.sessionId !== undefined) return this.#runInSession(query);
    const connection = new Session(this.#path);
    try {
      return await this.#runOn(connection, query);
    } finally {
      connection.close();
    }
  }

  async #runOn(connection, { sql, settings, params, database, format }) {
    if (database) await connection.queryAsync(`USE ${quoteName(database)}`);
    const values = [...assignments(params, 'param_'), ...assignments(settings)];
    if (values.length > 0) await connection.queryAsync(`SET ${values.join(', ')}`);
    return connection.queryAsync(sql, { format });
  }

  async #runInSession(query) {
    const session = this.#sessions.get(query.sessionId) ?? {
      connection: new Session(this.#path),
      busy: false,
    };
    if (session.busy) {
      throw new ServerError(
        373,
        'SESSION_IS_LOCKED',
        `Session ${query.sessionId} is locked by a concurrent client.`,
      );
    }
    this.#sessions.set(query.sessionId, session);
    clearTimeout(session.timer);
    session.busy = true;
    try {
      return await this.#runOn(session.connection, query);
    } finally {
      // A request's settings end with it; what the session itself has SET stays.
      const names = Object.keys(query.settings).map((name) => `${name} = DEFAULT`);
      if (names.length > 0) await session.connection.queryAsync(`SET ${names.join(', ')}`).catch(() => {});
      session.busy = false;
      session.timer = setTimeout(() => this.#expire(query.sessionId), query.sessionTimeoutSeconds * 1000);
      session.timer.unref();
    }
  }

  #expire(sessionId) {
    this.#sessions.get(sessionId)?.connection.close();
    this.#sessions.delete(sessionId);
  }

  /** Closes every connection after what still runs on it. */
  async close() {
    for (const [sessionId, session] of this.#sessions) {
      clearTimeout(session.timer);
      this.#expire(sessionId);
    }
    this.#keepOpen.close();
    await drainPending();
  }
}
