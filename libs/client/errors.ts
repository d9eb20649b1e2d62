/** What publishing can fail with; each says whether the same event may be published again. */
import type { ChangeEvent } from './events';

/** One thing wrong with an event: `pointer` is the JSON pointer of the value, from the event on. */
export interface InputError {
  pointer: string;
  detail: string;
}

/** Of every error of this client. */
export class FloorboardError extends Error {
  constructor(message: string) {
    super(message);
    this.name = new.target.name;
  }
}

/**
 * The server does not take this event, whatever is done: it is kept there as a dead letter. The other
 * events of its batch are not concerned.
 */
export class EventRejected extends FloorboardError {
  constructor(
    readonly event: ChangeEvent,
    readonly errors: readonly InputError[],
  ) {
    const what = errors.map(({ pointer, detail }) => `${pointer} ${detail}`.trim()).join('; ');
    super(`${event.type} ${event.subject} was rejected: ${what}`);
  }
}

/** The server refuses to be published to: a wrong key, a wrong address. Nothing of the request was taken. */
export class PublishRefused extends FloorboardError {
  constructor(
    /** HTTP status of the answer. */
    readonly status: number,
    detail: string,
  ) {
    super(`the server refused the events: ${status} ${detail}`);
  }
}

/**
 * The server stayed busy or away for longer than `patienceMs`. Whether the last attempt was taken is
 * not known: publish the same events again, which changes nothing where they are there already.
 */
export class PublishFailed extends FloorboardError {
  constructor(
    /** Requests made. */
    readonly attempts: number,
    why: string,
  ) {
    super(`the server takes no events, tried ${attempts} times: ${why}`);
  }
}

/** The queue is full: wait for `room()`, then publish. Nothing was queued. */
export class QueueFull extends FloorboardError {
  constructor() {
    super('the queue is full; wait for room()');
  }
}

/** The client was closed. Of an event under way it is not known whether it was taken. */
export class ClientClosed extends FloorboardError {
  constructor() {
    super('the client is closed');
  }
}
