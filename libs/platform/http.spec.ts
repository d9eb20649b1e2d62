/** The server's limits and headers, over real connections. */
import { connect } from 'node:net';
import { Body, Controller, Get, Module, Post, Res } from '@nestjs/common';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import type { FastifyReply } from 'fastify';
import { createHttpApp } from './http';
import { createLogger } from './logging';
import { loadSettings } from './settings';

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

let endlessEnded = (): void => undefined;

@Controller('v1')
class EchoController {
  @Get('echo')
  get(): object {
    return { fine: true };
  }

  @Get('broken')
  broken(): never {
    throw new Error('the secret reason at /opt/app/file.ts');
  }

  @Get('endless')
  endless(@Res() reply: FastifyReply): void {
    reply.hijack();
    reply.raw.writeHead(200, { 'content-type': 'text/plain' });
    const more = (): void => {
      while (reply.raw.write('x'.repeat(65_536)));
    };
    reply.raw.on('drain', more);
    reply.raw.on('close', () => endlessEnded());
    more();
  }

  @Post('echo')
  post(@Body() body: unknown): object {
    return { body };
  }

  @Post('events')
  events(): object {
    return {};
  }
}

@Module({ controllers: [EchoController] })
class Root {}

const apps: NestFastifyApplication[] = [];
afterEach(async () => {
  for (const app of apps.splice(0)) await app.close();
});

async function start(env: Record<string, string> = {}): Promise<{ url: string; port: number }> {
  const app = await createHttpApp(Root, {
    logger: createLogger('spec', 'silent'),
    settings: loadSettings(env),
  });
  apps.push(app);
  await app.listen({ host: '127.0.0.1', port: 0 });
  const url = await app.getUrl();
  return { url, port: Number(new URL(url).port) };
}

interface RawAnswer {
  text: string;
  /** Until the server closed the connection, milliseconds. */
  ms: number;
}

/** Everything a server says to some bytes until it closes the connection itself. */
function raw(port: number, bytes: string, dripMs?: number): Promise<RawAnswer> {
  return new Promise((resolve) => {
    const since = performance.now();
    const socket = connect(port, '127.0.0.1', () => socket.write(bytes));
    const drip = dripMs === undefined ? undefined : setInterval(() => socket.write('x'), dripMs);
    let text = '';
    socket.on('data', (chunk) => (text += chunk.toString()));
    socket.on('error', () => undefined);
    socket.on('close', () => {
      clearInterval(drip);
      resolve({ text, ms: performance.now() - since });
    });
  });
}

const post = (url: string, body: string): Promise<Response> =>
  fetch(url, { method: 'POST', headers: { 'content-type': 'application/json' }, body });

describe('every answer', () => {
  const expectStrict = (headers: Headers): void => {
    expect(Object.fromEntries(headers)).toMatchObject({
      'cache-control': 'no-store',
      'content-security-policy': expect.stringContaining("default-src 'none'") as string,
      'cross-origin-opener-policy': 'same-origin',
      'cross-origin-resource-policy': 'same-origin',
      'permissions-policy': expect.stringContaining('camera=()') as string,
      'referrer-policy': 'no-referrer',
      'x-content-type-options': 'nosniff',
      'x-frame-options': 'DENY',
      'x-request-id': expect.stringMatching(UUID) as string,
    });
    for (const name of [
      'server',
      'x-powered-by',
      'access-control-allow-origin',
      'strict-transport-security',
    ]) {
      expect([name, headers.get(name)]).toEqual([name, null]);
    }
  };

  it.each([
    ['/v1/echo', 200],
    ['/v1/broken', 500],
    ['/v1/nothing?token=fb_x', 404],
    ['/v1/echo/%ff', 400],
    [`/v1/${'x'.repeat(300)}`, 404],
  ])('has strict headers: %s', async (path, status) => {
    const { url } = await start();
    const answer = await fetch(url + path);
    expect(answer.status).toBe(status);
    expectStrict(answer.headers);
    const text = await answer.text();
    expect(text).not.toMatch(/secret|\.ts|fb_x|node_modules|Error:/);
    if (status === 200) return;
    expect(answer.headers.get('content-type')).toMatch(/^application\/problem\+json/);
    const problem = JSON.parse(text) as { instance: string };
    expect(problem).toMatchObject({ type: 'about:blank', status, title: expect.any(String) as string });
    expect(problem.instance).toBe(answer.headers.get('x-request-id'));
  });

  it('says for how long to use TLS only when it is told to', async () => {
    const { url } = await start({ HSTS_SECONDS: '86400' });
    const { headers } = await fetch(`${url}/v1/echo`);
    expect(headers.get('strict-transport-security')).toBe('max-age=86400; includeSubDomains');
  });
});

describe('other origins', () => {
  const ORIGIN = 'https://intranet.example';
  const preflight = (url: string, origin: string): Promise<Response> =>
    fetch(`${url}/v1/echo`, {
      method: 'OPTIONS',
      headers: {
        origin,
        'access-control-request-method': 'POST',
        'access-control-request-headers': 'authorization',
      },
    });

  it('get nothing unless they are configured', async () => {
    const { url } = await start();
    const asked = await preflight(url, ORIGIN);
    expect([asked.status, asked.headers.get('access-control-allow-origin')]).toEqual([404, null]);
  });

  it('may call with a key, without cookies, when they are', async () => {
    const { url } = await start({ CORS_ORIGINS: `${ORIGIN}, http://localhost:8080` });
    const asked = await preflight(url, ORIGIN);
    expect(asked.status).toBe(204);
    expect(asked.headers.get('access-control-allow-origin')).toBe(ORIGIN);
    expect(asked.headers.get('access-control-allow-headers')).toContain('authorization');
    expect(asked.headers.get('access-control-allow-credentials')).toBeNull();
    const answer = await fetch(`${url}/v1/echo`, { headers: { origin: ORIGIN } });
    expect([answer.status, answer.headers.get('access-control-allow-origin')]).toEqual([200, ORIGIN]);
    const other = await preflight(url, 'https://intranet.example.evil');
    expect([other.status, other.headers.get('access-control-allow-origin')]).toEqual([404, null]);
    expect(other.headers.get('vary')).toContain('origin');
  });
});

describe('limits', () => {
  it('refuse a body that is too large, one size for publishing and one for the rest', async () => {
    const { url } = await start({ HTTP_MAX_BODY_BYTES: '4096', HTTP_MAX_JSON_BYTES: '1024' });
    const text = (bytes: number): string => JSON.stringify('x'.repeat(bytes - 2));
    expect((await post(`${url}/v1/echo`, text(1_024))).status).toBe(201);
    expect((await post(`${url}/v1/echo`, text(1_025))).status).toBe(413);
    expect((await post(`${url}/v1/events`, text(4_096))).status).toBe(201);
    const refused = await post(`${url}/v1/events`, text(4_097));
    expect(refused.status).toBe(413);
    expect(refused.headers.get('content-type')).toMatch(/^application\/problem\+json/);
  });

  it('refuse JSON that is nested too deep, before it is parsed', async () => {
    const { url } = await start({ JSON_MAX_DEPTH: '10' });
    const nested = (levels: number): string => '['.repeat(levels) + '"[[[[[[[[[[[[\\"["' + ']'.repeat(levels);
    expect((await post(`${url}/v1/echo`, nested(10))).status).toBe(201);
    const refused = await post(`${url}/v1/echo`, nested(11));
    expect(refused.status).toBe(400);
    expect(await refused.json()).toMatchObject({
      errors: [{ pointer: '', detail: 'is nested deeper than 10 levels' }],
    });
    expect((await post(`${url}/v1/echo`, '['.repeat(500_000))).status).toBe(400);
  });

  it('refuse keys that would reach a prototype, and what is no JSON', async () => {
    const { url } = await start();
    for (const body of ['{"__proto__":{"a":1}}', '{"constructor":{"prototype":{}}}', '{', '', '\u0000']) {
      expect([body, (await post(`${url}/v1/echo`, body)).status]).toEqual([body, 400]);
    }
  });

  it('refuse headers that are too large', async () => {
    const { port } = await start({ HTTP_MAX_HEADER_BYTES: '4096' });
    const request = (bytes: number): string =>
      `GET /v1/echo HTTP/1.1\r\nhost: x\r\nconnection: close\r\nx-much: ${'x'.repeat(bytes)}\r\n\r\n`;
    expect((await raw(port, request(2_000))).text).toMatch(/^HTTP\/1.1 200 /);
    const { text } = await raw(port, request(8_000));
    expect(text).toMatch(/^HTTP\/1.1 431 /);
    expect(text).toMatch(/content-type: application\/problem\+json\r\n/);
    expect(text).toMatch(/x-content-type-options: nosniff\r\n/);
    expect(JSON.parse(text.split('\r\n\r\n')[1] ?? '')).toMatchObject({
      status: 431,
      instance: expect.stringMatching(UUID) as string,
    });
  });

  it('answer what is no HTTP with a problem, and close', async () => {
    const { port } = await start();
    const { text } = await raw(port, 'hello\r\n\r\n');
    expect(text).toMatch(/^HTTP\/1.1 400 [\s\S]*application\/problem\+json/);
  });

  it('end a request whose headers, or whose body, drip in', async () => {
    const { port } = await start({ HTTP_HEADERS_TIMEOUT_S: '1', HTTP_REQUEST_TIMEOUT_S: '2' });
    const [headers, body] = await Promise.all([
      raw(port, 'GET /v1/echo HTTP/1.1\r\nhost: x\r\nx-slow: ', 100),
      raw(
        port,
        'POST /v1/echo HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\ncontent-length: 99999\r\n\r\n"',
        100,
      ),
    ]);
    expect(headers.text).toMatch(/^HTTP\/1.1 408 [\s\S]*application\/problem\+json/);
    expect(headers.ms).toBeGreaterThan(900);
    expect(body.text).toMatch(/^HTTP\/1.1 408 /);
    expect(body.ms).toBeGreaterThan(1_900);
  });

  it('end a connection on which nothing moves: an idle one, and a reader that does not read', async () => {
    const { port } = await start({ HTTP_IDLE_TIMEOUT_S: '1' });
    const idle = raw(port, 'GET /v1/echo HTTP/1.1\r\nhost: x\r\n\r\n');
    const since = performance.now();
    const cut = new Promise<number>((resolve) => (endlessEnded = () => resolve(performance.now() - since)));
    const reader = connect(port, '127.0.0.1', () =>
      reader.write('GET /v1/endless HTTP/1.1\r\nhost: x\r\n\r\n'),
    );
    reader.pause();
    reader.on('error', () => undefined);
    expect((await idle).text).toMatch(/^HTTP\/1.1 200 /);
    expect(await cut).toBeGreaterThan(900);
    reader.destroy();
  });

  it('take so many connections and no more', async () => {
    const { port, url } = await start({ HTTP_MAX_CONNECTIONS: '2' });
    const open = [1, 2].map(() => connect(port, '127.0.0.1'));
    await Promise.all(open.map((socket) => new Promise((resolve) => socket.once('connect', resolve))));
    const { text } = await raw(port, 'GET /v1/echo HTTP/1.1\r\nhost: x\r\n\r\n');
    expect(text).toBe('');
    const closed = open.map((socket) => new Promise((resolve) => socket.once('close', resolve)));
    open.forEach((socket) => socket.destroy());
    await Promise.all(closed);
    // The server hears of the end a moment later than we do.
    let status = 0;
    for (const until = Date.now() + 10_000; status !== 200 && Date.now() < until;) {
      status = await fetch(`${url}/v1/echo`).then(
        (answer) => answer.status,
        () => 0,
      );
    }
    expect(status).toBe(200);
  });
});
