/** Publishing to a running server by `POST /v1/events`, over TCP or a unix socket. */
import {
  Agent as HttpAgent,
  request as httpRequest,
  type IncomingMessage,
  type RequestOptions,
} from 'node:http';
import { Agent as HttpsAgent, request as httpsRequest } from 'node:https';
import { setTimeout as sleep } from 'node:timers/promises';
import type { CloudEvent } from '#crm';
import type { EventSink, RejectedEvent } from './sink';

const FIRST_WAIT_MS = 250;
const LONGEST_WAIT_MS = 10_000;

export interface HttpSinkOptions {
  /** Base address of the server, e.g. http://127.0.0.1:3000; with `socketPath` only its host counts. */
  url: string;
  /** Unix socket to connect to instead. */
  socketPath?: string;
  /** API key with the role `publish`. */
  key?: string;
  /** Ends waiting and publishing. */
  signal?: AbortSignal;
  /** How long a server that is busy or away is waited for, milliseconds (default 2 minutes). */
  patienceMs?: number;
}

/** The server does not take events at all: the message says why. */
export class PublishError extends Error {}

interface Answer {
  status: number;
  retryAfterMs: number | null;
  body: string;
}

export class HttpSink implements EventSink {
  private readonly url: URL;
  private readonly agent: HttpAgent;

  constructor(private readonly options: HttpSinkOptions) {
    this.url = new URL('/v1/events', options.url);
    this.agent =
      this.url.protocol === 'https:'
        ? new HttpsAgent({ keepAlive: true })
        : new HttpAgent({ keepAlive: true });
  }

  /** @throws PublishError when the server refuses, or stays busy or away for too long. */
  async publish(events: readonly CloudEvent[]): Promise<{ rejected: RejectedEvent[] }> {
    const body = Buffer.from(JSON.stringify(events));
    const deadline = Date.now() + (this.options.patienceMs ?? 120_000);
    for (let wait = FIRST_WAIT_MS; ; wait = Math.min(2 * wait, LONGEST_WAIT_MS)) {
      const answer = await this.send(body);
      if (typeof answer === 'object' && answer.status !== 429 && answer.status !== 503)
        return outcome(answer);
      // Sending the same events again is harmless: publishing is idempotent.
      const pause = (typeof answer === 'object' ? answer.retryAfterMs : null) ?? wait;
      if (Date.now() + pause > deadline)
        throw new PublishError(`${this.url.origin} takes no events: ${why(answer)}`);
      await sleep(pause, undefined, { signal: this.options.signal });
    }
  }

  close(): void {
    this.agent.destroy();
  }

  /** The answer, or why there was none. */
  private send(body: Buffer): Promise<Answer | string> {
    const { key, socketPath, signal } = this.options;
    const options: RequestOptions = {
      method: 'POST',
      agent: this.agent,
      signal,
      ...(socketPath === undefined ? {} : { socketPath }),
      headers: {
        'content-type': 'application/cloudevents-batch+json',
        'content-length': body.length,
        ...(key === undefined ? {} : { authorization: `Bearer ${key}` }),
      },
    };
    return new Promise((resolve, reject) => {
      const request = this.url.protocol === 'https:' ? httpsRequest : httpRequest;
      const outgoing = request(this.url, options, (response) => {
        read(response).then(resolve, (error: Error) => resolve(error.message));
      });
      outgoing.on('error', (error) => (signal?.aborted ? reject(error) : resolve(error.message)));
      outgoing.end(body);
    });
  }
}

async function read(response: IncomingMessage): Promise<Answer> {
  const chunks: Buffer[] = [];
  for await (const chunk of response) chunks.push(chunk as Buffer);
  const seconds = Number(response.headers['retry-after']);
  return {
    status: response.statusCode ?? 0,
    retryAfterMs: Number.isFinite(seconds) ? seconds * 1000 : null,
    body: Buffer.concat(chunks).toString('utf8'),
  };
}

/** What a definite answer says. */
function outcome(answer: Answer): { rejected: RejectedEvent[] } {
  const { rejected } = parse(answer.body);
  if (Array.isArray(rejected) && (answer.status === 202 || answer.status === 400)) {
    return { rejected: rejected as RejectedEvent[] };
  }
  throw new PublishError(`the server refused the events: ${why(answer)}`);
}

function parse(body: string): { rejected?: unknown; title?: unknown; detail?: unknown } {
  try {
    return (JSON.parse(body) ?? {}) as { rejected?: unknown };
  } catch {
    return {};
  }
}

function why(answer: Answer | string): string {
  if (typeof answer === 'string') return answer;
  const { title, detail } = parse(answer.body);
  return [answer.status, title, detail]
    .filter((part) => typeof part === 'string' || typeof part === 'number')
    .join(' ');
}
