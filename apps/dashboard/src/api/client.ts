/** Requests to the server this page came from, with the key of whoever is signed in. */
import { currentKey, keyRefused } from './session';

/** What the server said instead of an answer (RFC 9457). */
export interface Problem {
  title?: string;
  detail?: string;
  errors?: { parameter?: string; pointer?: string; detail: string }[];
}

export class ApiError extends Error {
  constructor(
    /** The HTTP status; 0 when the server was not reached. */
    readonly status: number,
    readonly problem: Problem = {},
  ) {
    const details = (problem.errors ?? []).map(({ parameter, pointer, detail }) =>
      `${parameter ?? pointer ?? ''} ${detail}`.trim(),
    );
    super([problem.detail ?? problem.title ?? `HTTP ${status}`, ...details].join('; '));
  }
}

export type Params = Readonly<Record<string, string | number | undefined>>;

/** A path of the API with the parameters that have a value. */
export function pathOf(path: string, params: Params = {}): string {
  const given = Object.entries(params).filter(([, value]) => value !== undefined && value !== '');
  if (given.length === 0) return path;
  return `${path}?${new URLSearchParams(given.map(([name, value]) => [name, String(value)])).toString()}`;
}

export const authorization = (key: string | null = currentKey()): Record<string, string> =>
  key === null ? {} : { authorization: `Bearer ${key}` };

/** @throws ApiError for any status but 2xx, and AbortError when the signal fires. */
export async function request(path: string, init: RequestInit = {}): Promise<Response> {
  let response: Response;
  try {
    response = await fetch(path, {
      ...init,
      headers: { ...authorization(), ...(init.headers as Record<string, string> | undefined) },
      cache: 'no-store',
      referrerPolicy: 'no-referrer',
    });
  } catch (error) {
    if (init.signal?.aborted) throw error;
    throw new ApiError(0, { title: String(error instanceof Error ? error.message : error) });
  }
  if (response.ok) return response;
  if (response.status === 401) keyRefused();
  throw new ApiError(response.status, await problemOf(response));
}

async function problemOf(response: Response): Promise<Problem> {
  try {
    return (await response.json()) as Problem;
  } catch {
    return { title: response.statusText };
  }
}

/** The answer to a question, not parsed yet. */
export const get = (path: string, params: Params, signal?: AbortSignal): Promise<Response> =>
  request(pathOf(path, params), { signal, headers: { accept: 'application/json' } });

export const getJson = async <T>(path: string, params: Params = {}, signal?: AbortSignal): Promise<T> =>
  (await (await get(path, params, signal)).json()) as T;

/** Sends a JSON body; resolves with the answer's body, undefined where it has none. */
export async function send<T>(method: 'POST' | 'PUT' | 'DELETE', path: string, body?: unknown): Promise<T> {
  const response = await request(path, {
    method,
    headers: {
      accept: 'application/json',
      // Without a body the type would announce one.
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
    },
    body: body === undefined ? undefined : JSON.stringify(body),
  });
  const text = await response.text();
  return (text === '' ? undefined : JSON.parse(text)) as T;
}
