import { Catch, UseFilters, applyDecorators, type RpcExceptionFilter } from '@nestjs/common';
import {
  BaseRpcContext,
  EventPattern,
  Server,
  type CustomTransportStrategy,
  type MessageHandler,
} from '@nestjs/microservices';
import { lastValueFrom, throwError, type Observable } from 'rxjs';
import type { BatchContext, ChangeLog, LogBatch, SubscribeOptions, Subscription } from './port';

export interface ChangeLogServerOptions {
  log: ChangeLog;
  /** Consumer group of every topic consumed by this microservice. */
  group: string;
  /**
   * Takes only the handlers declared for it (`@EventPattern(topic, transportId)`) and those declared
   * for none: what keeps two groups in one application apart.
   */
  transportId?: symbol;
  maxBatchRecords?: number;
  maxBatchBytes?: number;
  minFetchBytes?: number;
  /** Every failed attempt. Default: logged. */
  onError?: (error: unknown, topic: string, partition: number | null) => void;
  /** The consumer cannot come back in this process: exit non-zero, so that it is restarted. */
  onFatal?: (error: unknown, topic: string) => void;
  onAssignment?: (partitions: number[], topic: string) => void;
  /** A batch has been handled; told before its position is committed. */
  onHandled?: (batch: LogBatch, tookMs: number) => void;
}

export type ChangeLogStatus = 'starting' | 'running' | 'stopping' | 'stopped' | 'failed';

/** Events for {@link ChangeLogServer.on}; the arguments are those of the options' callbacks. */
// A type and not an interface: the base class wants an index signature.
export type ChangeLogServerEvents = {
  assignment: (partitions: number[], topic: string) => void;
  error: (error: unknown, topic: string, partition: number | null) => void;
  fatal: (error: unknown, topic: string) => void;
};

/** Second argument of a handler, and what `@Ctx()` injects. */
export class LogContext extends BaseRpcContext<[BatchContext]> implements BatchContext {
  cancelled(): boolean {
    return this.args[0].cancelled();
  }
}

/**
 * The change log as a Nest transport: `app.connectMicroservice({ strategy: new ChangeLogServer({ log,
 * group }) })`. A controller's `@EventPattern(topic)` method is called with `(batch, context)`; the
 * batch is handled, and committed, when its promise resolves or its observable completes. Errors,
 * {@link Rewind} among them, go to the log's own retry rules. The log itself stays open on close:
 * who opened it closes it, last.
 */
export class ChangeLogServer
  extends Server<ChangeLogServerEvents, ChangeLogStatus>
  implements CustomTransportStrategy
{
  private readonly subscriptions = new Map<string, Subscription>();
  private readonly listeners: { [E in keyof ChangeLogServerEvents]: ChangeLogServerEvents[E][] };

  constructor(private readonly options: ChangeLogServerOptions) {
    super();
    this.transportId = options.transportId;
    const { onAssignment, onError, onFatal } = options;
    this.listeners = {
      assignment: onAssignment ? [onAssignment] : [],
      error: [onError ?? ((error, topic, partition) => this.logFailure(error, topic, partition))],
      fatal: onFatal ? [onFatal] : [],
    };
  }

  /** Subscribes every handler; the callback gets the error when one of them cannot be. */
  listen(callback: (error?: unknown) => void): void {
    this._status$.next('starting');
    this.subscribeAll().then(
      () => {
        this._status$.next('running');
        callback();
      },
      (error: unknown) => {
        this._status$.next('failed');
        callback(error);
      },
    );
  }

  /** Stops fetching, waits for the handlers under way and commits what they finished. */
  async close(): Promise<void> {
    this._status$.next('stopping');
    const subscriptions = [...this.subscriptions.values()];
    this.subscriptions.clear();
    await Promise.all(subscriptions.map((subscription) => subscription.stop()));
    this._status$.next('stopped');
  }

  /** Partitions of a topic this process owns now; empty for a topic it does not consume. */
  partitions(topic: string): number[] {
    return this.subscriptions.get(topic)?.partitions() ?? [];
  }

  on<
    E extends keyof ChangeLogServerEvents = keyof ChangeLogServerEvents,
    C extends ChangeLogServerEvents[E] = ChangeLogServerEvents[E],
  >(event: E, callback: C): void {
    this.listeners[event].push(callback);
  }

  /** The change log. */
  unwrap<T = ChangeLog>(): T {
    return this.options.log as T;
  }

  private async subscribeAll(): Promise<void> {
    try {
      for (const [topic, handler] of this.getHandlers()) {
        // Commit and retry belong to one handler: with two, neither would know what the other did.
        if (handler.next)
          throw new Error(`topic ${topic} has more than one handler in group ${this.options.group}`);
        this.subscriptions.set(topic, await this.options.log.subscribe(this.subscriptionOf(topic, handler)));
      }
    } catch (error) {
      await Promise.all([...this.subscriptions.values()].map((subscription) => subscription.stop()));
      this.subscriptions.clear();
      throw error;
    }
  }

  private subscriptionOf(topic: string, handler: MessageHandler): SubscribeOptions {
    const { group, maxBatchRecords, maxBatchBytes, minFetchBytes } = this.options;
    return {
      topic,
      group,
      maxBatchRecords,
      maxBatchBytes,
      minFetchBytes,
      handler: (batch, context) => this.handle(handler, batch, context),
      onAssignment: (partitions) =>
        this.listeners.assignment.forEach((listener) => listener(partitions, topic)),
      onError: (error, partition) =>
        this.listeners.error.forEach((listener) => listener(error, topic, partition)),
      onFatal: (error) => {
        this._status$.next('failed');
        this.listeners.fatal.forEach((listener) => listener(error, topic));
      },
    };
  }

  private async handle(handler: MessageHandler, batch: LogBatch, context: BatchContext): Promise<void> {
    const start = performance.now();
    const result: unknown = handler(batch, new LogContext([context]));
    try {
      await lastValueFrom(this.transformToObservable(result as Promise<unknown>), {
        defaultValue: undefined,
      });
    } catch (error) {
      throw error instanceof Error ? error : hiddenError(error);
    }
    this.options.onHandled?.(batch, performance.now() - start);
  }

  private logFailure(error: unknown, topic: string, partition: number | null): void {
    const where = partition === null ? topic : `${topic}, partition ${partition}`;
    const text = error instanceof Error ? error.message : String(error);
    (this.logger as { warn(message: string): void }).warn(`${this.options.group}: ${where}: ${text}`);
  }
}

/** Hands a handler's error on as it is; Nest's own filter logs it and hides it. */
@Catch()
export class BatchErrorFilter implements RpcExceptionFilter {
  catch(exception: unknown): Observable<never> {
    return throwError(() => exception);
  }
}

/**
 * Declares the consumer of a topic: `@EventPattern` with {@link BatchErrorFilter}, so that what the
 * handler throws is what `onError` is told.
 */
export function LogConsumer(topic: string, transportId?: symbol): MethodDecorator {
  const pattern = transportId ? EventPattern(topic, transportId) : EventPattern(topic);
  return applyDecorators(pattern, UseFilters(BatchErrorFilter));
}

/** What Nest's own filter leaves of an error: it has logged the real one. */
function hiddenError(error: unknown): Error {
  const message = (error as { message?: unknown } | null)?.message;
  return new Error(typeof message === 'string' ? message : String(error), { cause: error });
}
