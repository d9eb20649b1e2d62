/** Structured logs: one JSON line per entry, secrets left out. */
import type { LoggerService } from '@nestjs/common';
import { destination, pino, type Logger } from 'pino';
import { redacted } from './redact';
import { activeTrace } from './tracing';

export type { Logger } from 'pino';

/** @param secrets that have no form by which they could be told, such as passwords. */
export function createLogger(app: string, level: string, secrets: readonly string[] = []): Logger {
  const output = destination({ fd: 1, sync: true });
  // As JSON writes them: a quote in a password is printed with a backslash.
  const known = secrets.filter(Boolean).map((secret) => JSON.stringify(secret).slice(1, -1));
  return pino(
    {
      level,
      base: { app },
      mixin: activeTrace,
      timestamp: pino.stdTimeFunctions.isoTime,
      formatters: { level: (label) => ({ level: label }) },
      redact: [
        'req.headers.authorization',
        'req.headers.cookie',
        'password',
        '*.password',
        'token',
        '*.token',
      ],
    },
    { write: (line: string) => output.write(redacted(line, known)) },
  );
}

/** Nest's own log lines through the same logger; its start-up chatter only at debug. */
export class NestLogger implements LoggerService {
  constructor(private readonly logger: Logger) {}

  log(message: unknown, ...rest: unknown[]): void {
    this.logger.debug({ context: rest.at(-1) }, String(message));
  }
  error(message: unknown, ...rest: unknown[]): void {
    this.logger.error({ context: rest.at(-1), stack: rest[0] }, String(message));
  }
  warn(message: unknown, ...rest: unknown[]): void {
    this.logger.warn({ context: rest.at(-1) }, String(message));
  }
  debug(message: unknown, ...rest: unknown[]): void {
    this.logger.trace({ context: rest.at(-1) }, String(message));
  }
  verbose(message: unknown, ...rest: unknown[]): void {
    this.logger.trace({ context: rest.at(-1) }, String(message));
  }
}
