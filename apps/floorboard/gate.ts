/**
 * The data folder's gate: taken before any engine opens the folder, answered by the HTTP application
 * once it is up.
 */
import type { Server } from 'node:http';
import { rmSync } from 'node:fs';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { serveSocket, socketPath } from './local-socket';

type Route = Parameters<typeof serveSocket>[1];

export class FolderGate {
  private route: Route = (_request, response) => {
    response.writeHead(503, { 'retry-after': '1' }).end();
  };

  private constructor(
    private readonly dataDir: string,
    private readonly server: Server,
  ) {}

  /** @throws FolderInUse when another process holds the folder. */
  static async take(dataDir: string): Promise<FolderGate> {
    const gate: { current?: FolderGate } = {};
    const server = await serveSocket(dataDir, (request, response) => gate.current?.route(request, response));
    gate.current = new FolderGate(dataDir, server);
    return gate.current;
  }

  /** From now on the application answers on the socket too. */
  open(app: NestFastifyApplication): void {
    const instance = app.getHttpAdapter().getInstance();
    this.route = (request, response) => {
      (request.socket as { local?: boolean }).local = true;
      instance.routing(request, response);
    };
  }

  async release(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise<void>((resolve) => this.server.close(() => resolve()));
    rmSync(socketPath(this.dataDir), { force: true });
  }
}
