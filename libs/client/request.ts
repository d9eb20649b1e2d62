/** One request to publish, and what its answer means. */
import type { InputError } from './errors';

export type Fetch = (url: string, init: RequestInit) => Promise<Response>;

/** What came of one request. */
export type Outcome =
  /** All that is not in `rejected` is durable. */
  | { kind: 'taken'; status: number; rejected: readonly Rejection[] }
  /** The request is larger than the server takes. */
  | { kind: 'too-large'; status: number; why: string }
  /** Busy or away: the same request is sent again, not before `afterMs` where the server named a time. */
  | { kind: 'again'; status: number | null; afterMs: number | null; why: string }
  /** Sending it again would not help. */
  | { kind: 'refused'; status: number; why: string };

export interface Rejection {
  /** Place in the batch. */
  index: number;
  errors: readonly InputError[];
}

export interface PublishRequest {
  url: string;
  key: string | undefined;
  /** JSON array of events. */
  body: string;
  /** Number of events in it. */
  events: number;
  timeoutMs: number;
  signal: AbortSignal;
  fetch: Fetch;
}

const BUSY: ReadonlySet<number> = new Set([408, 425, 429, 500, 502, 503, 504]);

/** Never rejects but for the signal's sake: a server that cannot be reached is an outcome. */
export async function post(request: PublishRequest): Promise<Outcome> {
  const { key, signal } = request;
  const limit = new AbortController();
  const end = (): void => limit.abort();
  const timer = setTimeout(end, request.timeoutMs);
  signal.addEventListener('abort', end);
  try {
    const response = await request.fetch(request.url, {
      method: 'POST',
      headers: {
        'content-type': 'application/cloudevents-batch+json',
        ...(key === undefined ? {} : { authorization: `Bearer ${key}` }),
      },
      body: request.body,
      // A redirected POST would arrive as a GET.
      redirect: 'manual',
      signal: limit.signal,
    });
    return outcomeOf(response, await response.text(), request.events);
  } catch (error) {
    if (signal.aborted) throw error;
    const why = limit.signal.aborted ? `no answer in ${request.timeoutMs} ms` : reasonOf(error);
    return { kind: 'again', status: null, afterMs: null, why };
  } finally {
    clearTimeout(timer);
    signal.removeEventListener('abort', end);
  }
}

function outcomeOf({ status, headers }: Response, text: string, events: number): Outcome {
  const body = objectIn(text);
  const why = [body['title'], body['detail']].filter((part) => typeof part === 'string').join(': ');
  if (BUSY.has(status))
    return { kind: 'again', status, afterMs: retryAfter(headers), why: `${status} ${why}` };
  if (status === 413) return { kind: 'too-large', status, why };
  const rejected = body['rejected'];
  if ((status !== 202 && status !== 400) || !Array.isArray(rejected)) return { kind: 'refused', status, why };
  // Whoever answers for other events than these is no Floorboard.
  const accepted = status === 202 ? body['accepted'] : 0;
  if (accepted !== events - rejected.length) {
    return { kind: 'refused', status, why: 'the answer is not about these events' };
  }
  return { kind: 'taken', status, rejected: rejected as Rejection[] };
}

/** Milliseconds from now, from seconds or a date; null when the answer names none. */
function retryAfter(headers: Headers): number | null {
  const value = headers.get('retry-after');
  if (value === null || value.trim() === '') return null;
  const seconds = Number(value);
  const ms = Number.isFinite(seconds) ? seconds * 1000 : Date.parse(value) - Date.now();
  return Number.isFinite(ms) ? Math.max(0, ms) : null;
}

function objectIn(text: string): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(text);
    return value !== null && typeof value === 'object' ? (value as Record<string, unknown>) : {};
  } catch {
    return {};
  }
}

/** `fetch` says little itself; what it was kept by stands in the cause. */
function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return error.cause instanceof Error ? `${error.message}: ${error.cause.message}` : error.message;
}
