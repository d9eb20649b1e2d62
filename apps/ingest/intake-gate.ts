/**
 * Back-pressure: how many bytes of events may be under way at once in this process. Beyond that a
 * request is turned away before its body is read, so that memory stays bounded whatever the log does.
 */
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { ProblemError, sendProblem } from '#platform';
import type { Refusal } from './backlog';

/** What a request of unknown length counts until its body is there. */
const UNKNOWN_BYTES = 64 * 1024;
const RETRY_AFTER_SECONDS = 1;

export class IntakeGate {
  private bytes = 0;
  private readonly requests = new WeakMap<FastifyRequest, number>();

  /**
   * @param limit bytes under way at most.
   * @param maxBody bytes of one request at most.
   * @param onTurnedAway told of every request turned away.
   * @param refusal why nothing is taken now, whatever its size; null: it is.
   */
  constructor(
    private readonly limit: number,
    private readonly maxBody: number,
    private readonly onTurnedAway: () => void = () => undefined,
    private readonly refusal: () => Refusal | null = () => null,
  ) {}

  /** Bytes under way. */
  get inFlight(): number {
    return this.bytes;
  }

  /** Guards the requests of one route from their first byte to the end of their answer. */
  install(instance: FastifyInstance, isGuarded: (request: FastifyRequest) => boolean): void {
    instance.addHook('onRequest', (request, reply, done) => {
      if (isGuarded(request) && !this.enter(request, reply)) return;
      done();
    });
  }

  /** The body is there: from now on its true size counts. */
  arrived(request: FastifyRequest, bytes: number): void {
    const counted = this.requests.get(request);
    if (counted === undefined) return;
    this.bytes += bytes - counted;
    this.requests.set(request, bytes);
  }

  private enter(request: FastifyRequest, reply: FastifyReply): boolean {
    const declared = Number(request.headers['content-length']);
    // A larger body is refused by its length alone and never read.
    const bytes = Number.isFinite(declared) ? Math.min(declared, this.maxBody) : UNKNOWN_BYTES;
    const refusal = this.refusal() ?? (this.bytes > 0 && this.bytes + bytes > this.limit ? TOO_BUSY : null);
    if (refusal) {
      this.onTurnedAway();
      sendProblem(reply, request.id, turnedAway(refusal));
      return false;
    }
    this.bytes += bytes;
    this.requests.set(request, bytes);
    // Also told when the client goes away in the middle of its upload.
    reply.raw.once('close', () => this.leave(request));
    return true;
  }

  private leave(request: FastifyRequest): void {
    this.bytes -= this.requests.get(request) ?? 0;
    this.requests.delete(request);
  }
}

const TOO_BUSY: Refusal = {
  detail: 'More events are under way than can be written at the moment; send the same request again later.',
  retryAfterSeconds: RETRY_AFTER_SECONDS,
};

const turnedAway = ({ detail, retryAfterSeconds }: Refusal): ProblemError =>
  new ProblemError(429, 'Too many requests', detail, {
    headers: { 'retry-after': String(retryAfterSeconds) },
  });
