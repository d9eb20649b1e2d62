/** `GET /v1/live?topic=…&topic=…`: one stream of snapshots for a whole page. */
import { Controller, Get, Inject, Query, Req, Res } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import { SETTINGS, TENANTS } from '#engines';
import { callerOf, Roles, tenantOf, type CallerRequest } from '#guard';
import { badParameter, badRequest, type Settings, type Tenants } from '#platform';
import { LiveHub } from './hub';
import { KEEP_ALIVE_MS, SseConnection, STREAM_HEADERS } from './sse';
import { LiveTopics } from './topics';

/** More than any page shows; each topic costs the server a computation per change. */
const MAX_TOPICS = 32;

@Controller('v1/live')
export class LiveController {
  private readonly keepAliveMs: number;

  constructor(
    @Inject(TENANTS) private readonly tenants: Tenants,
    @Inject(SETTINGS) { HTTP_IDLE_TIMEOUT_S }: Settings,
    private readonly hub: LiveHub,
    private readonly topics: LiveTopics,
  ) {
    // A quiet stream must not be taken for one that nobody reads.
    this.keepAliveMs = Math.min(KEEP_ALIVE_MS, (HTTP_IDLE_TIMEOUT_S * 1000) / 3);
  }

  @Get()
  @Roles('read', 'screen')
  async stream(
    @Req() request: CallerRequest,
    @Query() query: Record<string, unknown>,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const caller = callerOf(request);
    const tenant = tenantOf(caller, this.tenants);
    const names = topicNames(query);
    const scope = JSON.stringify([caller.tenant, caller.permission, caller.employeeId]);
    const topics = await Promise.all(
      names.map(async (name) => ({
        scope,
        name,
        definition: await this.topics.define(name, caller, tenant),
      })),
    );
    this.hub.mustHaveRoom(caller);
    reply.hijack();
    // Who asks for the headers alone gets them, and no stream.
    if (request.method === 'HEAD') return void reply.raw.writeHead(200, STREAM_HEADERS).end();
    this.hub.open((onClose) => new SseConnection(reply.raw, onClose, this.keepAliveMs), caller, topics);
  }
}

function topicNames(query: Record<string, unknown>): string[] {
  const { topic, ...rest } = query;
  const unknown = Object.keys(rest);
  if (unknown.length > 0) {
    throw badRequest(
      `Unknown parameters: ${unknown.join(', ')}.`,
      unknown.map((parameter) => ({
        parameter,
        detail: 'is unknown here; parameters of a topic stand inside it, URL-encoded',
      })),
    );
  }
  const names = [...new Set([topic].flat().filter((name): name is string => typeof name === 'string'))];
  if (names.length === 0) throw badParameter('topic', 'is missing');
  if (names.length > MAX_TOPICS) throw badParameter('topic', `may stand at most ${MAX_TOPICS} times`);
  return names;
}
