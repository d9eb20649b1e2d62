/** Bytes that are hardly HTTP. */
import type { Random } from '../model';

export function rawBytes(random: Random, key: string): Buffer {
  const head = `host: localhost\r\nauthorization: Bearer ${key}\r\n`;
  const json = 'content-type: application/json\r\n';
  const cases: (() => string)[] = [
    () => random.list(random.int(1, 2_000), () => String.fromCharCode(random.int(0, 255))).join(''),
    () => `GET /v1/me HTTP/${random.pick(['0.9', '1.0', '1.1', '2.0', '9'])}\r\n${head}\r\n`,
    () => `${random.pick(['GET', 'get', 'BREW', 'CONNECT', 'TRACE'])} /v1/me HTTP/1.1\r\n${head}\r\n`,
    () => `POST /v1/layout HTTP/1.1\r\n${head}${json}content-length: 5\r\ncontent-length: 6\r\n\r\n{}`,
    () => `POST /v1/layout HTTP/1.1\r\n${head}${json}content-length: 99999\r\n\r\n{}`,
    () =>
      `PUT /v1/layout HTTP/1.1\r\n${head}${json}transfer-encoding: chunked\r\ncontent-length: 3\r\n\r\n2\r\n{}\r\n0\r\n\r\n`,
    () =>
      `PUT /v1/layout HTTP/1.1\r\n${head}${json}transfer-encoding: chunked\r\n\r\n${random.pick(['zz', '2\r\n{}', 'fffffffff\r\n', '-1\r\n'])}`,
    () => `GET /v1/me HTTP/1.1\r\n${head}x: ${'y'.repeat(random.int(1, 40_000))}\r\n\r\n`,
    () => `GET /v1/me HTTP/1.1\r\n${random.list(300, (i) => `x${i}: y\r\n`).join('')}${head}\r\n`,
    () =>
      `GET /${random.list(random.int(1, 300), () => String.fromCharCode(random.int(33, 255))).join('')} HTTP/1.1\r\n${head}\r\n`,
    () => `GET /v1/me HTTP/1.1\r\n${head}\r\n`.repeat(random.int(2, 50)),
    () => `GET /v1/live?topic=feed HTTP/1.1\r\n${head}\r\nGET /v1/me HTTP/1.1\r\n${head}\r\n`,
    () => `GET /v1/me HTTP/1.1\r\n${head}upgrade: websocket\r\nconnection: upgrade\r\n\r\n`,
    () =>
      `PUT /v1/layout HTTP/1.1\r\n${head}${json}expect: ${random.pick(['100-continue', 'x'])}\r\ncontent-length: 2\r\n\r\n{}`,
  ];
  return Buffer.from(random.pick(cases)(), 'latin1');
}
