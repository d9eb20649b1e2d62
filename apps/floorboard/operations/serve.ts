/** Operations over the folder's socket: arguments as JSON, then a line of JSON per progress, the result last. */
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { RunningProcess } from '#engines';
import { OPERATIONS, type OperationName } from './index';
import { contextOf, OperationRefused } from './operation';

/** Where operations are asked for; no route of the application begins so. */
export const OPERATION_PATH = '/operations/';

/** A line of the answer. */
export type AnswerLine = { progress: object } | { result: object } | { error: string; refused: boolean };

export const isOperation = ({ url = '' }: IncomingMessage): boolean => url.startsWith(OPERATION_PATH);

export function serveOperation(
  running: RunningProcess,
  request: IncomingMessage,
  response: ServerResponse,
): void {
  const say = (line: AnswerLine): void => void response.write(`${JSON.stringify(line)}\n`);
  answer(running, request, say).then(
    () => response.end(),
    (error: unknown) => {
      running.logger.warn({ err: error, operation: request.url }, 'an operation failed');
      say({ error: (error as Error).message, refused: error instanceof OperationRefused });
      response.end();
    },
  );
}

async function answer(
  running: RunningProcess,
  request: IncomingMessage,
  say: (line: AnswerLine) => void,
): Promise<void> {
  const name = (request.url ?? '').slice(OPERATION_PATH.length);
  if (!Object.hasOwn(OPERATIONS, name)) throw new OperationRefused(`there is no operation ${name}`);
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  const args = JSON.parse(Buffer.concat(chunks).toString('utf8') || '{}') as unknown;
  running.logger.info({ operation: name, args }, 'asked for by the command line');
  const result = await OPERATIONS[name as OperationName](contextOf(running), args, (progress) =>
    say({ progress }),
  );
  say({ result });
}
