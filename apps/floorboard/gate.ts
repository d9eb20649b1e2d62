/**
 * The data folder's gate: taken before any engine opens the folder, answered by the HTTP application
 * once it is up.
 */
import type { Server } from 'node:http';
import { rmSync } from 'node:fs';
import { claimDataFolder, type RunningProcess } from '#engines';
import { serveSocket, socketPath } from './local-socket';
import { isOperation, serveOperation } from './operations/serve';

type Route = Parameters<typeof serveSocket>[1];

export class FolderGate {
  private route: Route = (_request, response) => {
    response.writeHead(503, { 'retry-after': '1' }).end();
  };

  private constructor(
    private readonly dataDir: string,
    private readonly server: Server,
  ) {}

  /** @throws FolderInUse when another process holds the folder, ConfigurationError when it is of a newer release. */
  static async take(dataDir: string): Promise<FolderGate> {
    const gate: { current?: FolderGate } = {};
    const server = await serveSocket(dataDir, (request, response) => gate.current?.route(request, response));
    gate.current = new FolderGate(dataDir, server);
    try {
      claimDataFolder(dataDir);
    } catch (error) {
      await gate.current.release();
      throw error;
    }
    return gate.current;
  }

  /** From now on the application answers on the socket too, and so do the operations of the command line. */
  open(running: RunningProcess): void {
    const instance = running.app.getHttpAdapter().getInstance();
    this.route = (request, response) => {
      if (isOperation(request)) return serveOperation(running, request, response);
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
