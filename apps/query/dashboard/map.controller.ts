/** The map that an installation mounts; a product without one ships none, because every map needs an approval. */
import { readFileSync } from 'node:fs';
import { gzipSync } from 'node:zlib';
import { Controller, Get, Inject, Req, Res, type OnModuleInit } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { SETTINGS } from '#engines';
import { Public } from '#guard';
import { ConfigurationError, type Settings } from '#platform';
import type { DashboardFile } from './files';
import { bodyOf } from './send';

@Controller()
@Public()
export class MapController implements OnModuleInit {
  private map: DashboardFile | null = null;

  constructor(@Inject(SETTINGS) private readonly settings: Settings) {}

  /** @throws ConfigurationError when the file cannot be read or is no GeoJSON. */
  onModuleInit(): void {
    if (this.settings.MAP_FILE === undefined) return;
    this.map = readMap(this.settings.MAP_FILE);
  }

  /** The GeoJSON; 204 where none is mounted. */
  @Get('map.geojson')
  read(@Req() request: FastifyRequest, @Res({ passthrough: true }) reply: FastifyReply): Buffer | undefined {
    void reply.headers({ 'cache-control': 'no-cache', 'x-content-type-options': 'nosniff' });
    if (this.map) return bodyOf(this.map, request, reply);
    void reply.status(204);
    return undefined;
  }
}

function readMap(path: string): DashboardFile {
  try {
    const plain = readFileSync(path);
    const { type } = JSON.parse(plain.toString('utf8')) as { type?: unknown };
    if (type !== 'FeatureCollection') throw new Error('is no FeatureCollection');
    return { type: 'application/geo+json', plain, gzip: gzipSync(plain) };
  } catch (error) {
    throw new ConfigurationError(`MAP_FILE ${path}: ${(error as Error).message}`);
  }
}
