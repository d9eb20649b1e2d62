/**
 * Bodies of the publishing route reach the intake as bytes, whatever their content type; every other
 * route keeps parsed JSON and refuses the rest.
 */
import { type FastifyInstance, type FastifyRequest } from 'fastify';
import { jsonParser, ProblemError, sendProblem } from '#platform';
import { modeOf } from './intake';

type Done = (error: Error | null, body?: unknown) => void;

/** Replaces the parsers of the Fastify instance, and refuses what is no event before reading it. */
export function installBodyParsers(
  instance: FastifyInstance,
  wantsBytes: (request: FastifyRequest) => boolean,
  maxDepth: number,
): void {
  instance.addHook('onRequest', (request, reply, done) => {
    if (!wantsBytes(request)) return done();
    try {
      modeOf(request.headers);
    } catch (error) {
      return sendProblem(reply, request.id, error as ProblemError);
    }
    done();
  });
  const parseJson = jsonParser(instance, maxDepth);
  instance.removeContentTypeParser('application/json');
  instance.addContentTypeParser(
    'application/json',
    { parseAs: 'buffer' },
    (request: FastifyRequest, body: Buffer, done: Done) => {
      if (wantsBytes(request)) done(null, body);
      else parseJson(request, body, done);
    },
  );
  instance.addContentTypeParser(
    '*',
    { parseAs: 'buffer' },
    (request: FastifyRequest, body: Buffer, done: Done) => {
      if (wantsBytes(request)) done(null, body);
      else done(notJson(request.headers['content-type']));
    },
  );
}

const notJson = (type: string | undefined): ProblemError =>
  new ProblemError(
    415,
    'Unsupported media type',
    `${type ?? 'no content type'} is not accepted here; send application/json`,
  );
