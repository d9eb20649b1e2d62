/** API keys for tests, made as people make them: by HTTP and by the command line. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Floor } from './floor';

export interface MadeKey {
  id: string;
  key: string;
}

export interface KeyWish {
  roles: string[];
  permission?: string;
  employeeId?: string | null;
  expiresAt?: string;
}

export const bearer = (key: string): Record<string, string> => ({ authorization: `Bearer ${key}` });

/** A key made over HTTP by the key `maker`. */
export async function makeKey(floor: Floor, maker: string | null, wish: KeyWish): Promise<MadeKey> {
  const headers = maker === null ? {} : bearer(maker);
  const answer = await floor.request<MadeKey>('POST', '/v1/keys', { name: 'test', ...wish }, headers);
  if (answer.status !== 201)
    throw new Error(`POST /v1/keys: ${answer.status} ${JSON.stringify(answer.body)}`);
  return answer.body;
}

/** A running server has heard of a key that another process made within a second; this long is waited for it. */
const HEARD_MS = 10_000;

/** A key with all roles made by the command line; the query app knows it when this resolves. */
export async function makeKeyByCommand(floor: Floor, tenant: string): Promise<MadeKey> {
  const { code, output } = await floor.command(['keys', 'create', '--name', 'admin', '--tenant', tenant]);
  const [key, id] = /fb_([0-9a-f]{16})_\S+/.exec(output) ?? [];
  if (code !== 0 || key === undefined || id === undefined) throw new Error(`keys create: ${code} ${output}`);
  for (const until = Date.now() + HEARD_MS; ; await sleep(50)) {
    const { status } = await floor.request('GET', '/v1/me', undefined, bearer(key));
    if (status === 200) return { id, key };
    if (Date.now() > until) throw new Error(`the key is not known after ${HEARD_MS} ms: ${status}`);
  }
}
