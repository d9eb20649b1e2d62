/** Between a client and Redis: what the client sends, byte for byte. */
import { connect, createServer, type Server, type Socket } from 'node:net';

/** Forwards one client to Redis and keeps what it sends. */
export class Recorder {
  /** What each connection has sent, in the order in which they were opened. */
  private readonly sent: Buffer[][] = [];
  private readonly server: Server;

  constructor(private readonly target: number) {
    this.server = createServer((client) => this.join(client));
  }

  async listen(): Promise<number> {
    await new Promise<void>((resolve) => this.server.listen(0, '127.0.0.1', resolve));
    const address = this.server.address();
    return address !== null && typeof address === 'object' ? address.port : 0;
  }

  /** What went over the connection of commands since it was taken last; the others listen for notices. */
  take(): Buffer {
    const own = this.sent.reduce((most, sent) => (sizeOf(sent) > sizeOf(most) ? sent : most), []);
    return Buffer.concat(own.splice(0));
  }

  close(): void {
    this.server.close();
  }

  private join(client: Socket): void {
    const own: Buffer[] = [];
    this.sent.push(own);
    const redis = connect(this.target, '127.0.0.1');
    client.on('data', (bytes) => {
      own.push(bytes);
      redis.write(bytes);
    });
    redis.on('data', (bytes) => client.write(bytes));
    for (const [one, other] of [
      [client, redis],
      [redis, client],
    ] as const) {
      one.on('close', () => other.destroy());
      one.on('error', () => other.destroy());
    }
  }
}

const sizeOf = (buffers: readonly Buffer[]): number => buffers.reduce((sum, { length }) => sum + length, 0);
