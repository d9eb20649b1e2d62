/** JSON bodies, refused before they are parsed when they are nested deeper than anything here needs. */
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { badRequest } from './problem';

type Done = (error: Error | null, body?: unknown) => void;
export type JsonParser = (request: FastifyRequest, body: Buffer, done: Done) => void;

const QUOTE = 0x22;
const BACKSLASH = 0x5c;

/** Whether well-formed JSON is nested deeper than `most` levels; of other text anything may be said. */
export function isNestedDeeper(json: Buffer, most: number): boolean {
  let level = 0;
  for (let i = 0; i < json.length; i++) {
    const byte = json[i];
    if (byte === QUOTE) {
      for (i++; i < json.length && json[i] !== QUOTE; i++) if (json[i] === BACKSLASH) i++;
    } else if (byte === 0x7b || byte === 0x5b) {
      level += 1;
      if (level > most) return true;
    } else if (byte === 0x7d || byte === 0x5d) level -= 1;
  }
  return false;
}

/** Fastify's own parser, which refuses keys that would reach a prototype, behind the limit of depth. */
export function jsonParser(instance: FastifyInstance, maxDepth: number): JsonParser {
  const parse = instance.getDefaultJsonParser('error', 'error');
  return (request, body, done) => {
    if (isNestedDeeper(body, maxDepth)) {
      const detail = `is nested deeper than ${maxDepth} levels`;
      return done(badRequest(`The body ${detail}.`, [{ pointer: '', detail }]));
    }
    void parse(request, body.toString('utf8'), done);
  };
}
