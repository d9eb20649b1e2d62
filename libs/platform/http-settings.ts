/** Settings of the HTTP server: what one caller may take of it, and what it says to browsers. */
import { ListOf, Whole } from './setting-types';

const KIB = 1024;
const MIB = 1024 * KIB;
const ADDRESS = /^[0-9a-fA-F.:]+(\/\d{1,3})?$/;
const ORIGIN = /^https?:\/\/[a-z0-9.-]+(:\d{1,5})?$/;

export class HttpSettings {
  /** Bytes of a request to publish at most; the event contract's limit. */
  @Whole(KIB, 8 * MIB)
  HTTP_MAX_BODY_BYTES = 8 * MIB;

  /** Bytes of any other body at most. */
  @Whole(KIB, 8 * MIB)
  HTTP_MAX_JSON_BYTES = MIB;

  /** Levels that JSON may be nested at most. */
  @Whole(8, 1000)
  JSON_MAX_DEPTH = 64;

  /** Bytes of a request's line and headers at most. */
  @Whole(4 * KIB, MIB)
  HTTP_MAX_HEADER_BYTES = 16 * KIB;

  /** A request's headers must be there by then, so that a slow sender cannot hold a connection. */
  @Whole(1, 600)
  HTTP_HEADERS_TIMEOUT_S = 10;

  /** A request must have arrived whole by then. */
  @Whole(1, 3600)
  HTTP_REQUEST_TIMEOUT_S = 30;

  /** A connection on which nothing moves is closed after it: one that is not used, a reader that does not read. */
  @Whole(1, 3600)
  HTTP_IDLE_TIMEOUT_S = 75;

  /** Connections at a time; further ones are closed at once. */
  @Whole(1, 1_000_000)
  HTTP_MAX_CONNECTIONS = 10_000;

  /** Proxies whose `X-Forwarded-For` is believed. */
  @ListOf(ADDRESS, 'must be addresses or networks, e.g. 10.0.0.1, 10.1.0.0/16')
  TRUSTED_PROXIES?: string[];

  /** Origins of other sites whose pages may call with a key. Unset: none. */
  @ListOf(ORIGIN, 'must be origins, e.g. https://intranet.example')
  CORS_ORIGINS?: string[];

  /** `Strict-Transport-Security` for so long; 0: not sent. */
  @Whole(0, 63_072_000)
  HSTS_SECONDS = 0;

  /** Requests a second of one key, publishing apart; twice as many at once. */
  @Whole(1, 1_000_000)
  KEY_REQUESTS_PER_SECOND = 500;

  /** Requests a second to publish of one key; twice as many at once. */
  @Whole(1, 1_000_000)
  KEY_PUBLISHES_PER_SECOND = 10_000;

  /** Live streams of one key at a time in this process. */
  @Whole(1, 1_000_000)
  KEY_STREAMS = 1_000;

  /** Live streams at a time in this process. */
  @Whole(1, 1_000_000)
  MAX_STREAMS = 10_000;

  /** Wrong keys a minute from one address that are still answered 401; then 429. */
  @Whole(1, 1_000_000)
  AUTH_FAILURES_PER_MINUTE = 1_000;
}
