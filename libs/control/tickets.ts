/**
 * One-time links for downloads: a browser cannot send a header with a download, and a key does not
 * belong in an address.
 *
 * A ticket is used once even by two processes at a time: each writes its claim to the control topic and
 * then reads that topic to its end, and whose claim stands first in it has the ticket.
 */
import { randomInt, randomUUID } from 'node:crypto';
import { Matches, MaxLength } from 'class-validator';
import { createSecret, matches, type Caller } from '#access';
import { ProblemError, validatedBody } from '#platform';
import type { TicketIssuer, TicketRecord } from './records';
import type { ControlStore } from './store';

const LIFE_MS = 60_000;
/** Keys of the topic that tickets share. */
const SLOTS = 4096;
const PARAMETER = /[?&]ticket=([^&#]*)$/;

class TicketRequest {
  @MaxLength(4096)
  @Matches(/^\/v1\/reports\/[\x21-\x22\x24-\x7e]+$/, {
    message: 'must be the path and query of a report, e.g. /v1/reports/customer-total?format=csv',
  })
  path!: string;
}

/**
 * Makes a ticket for one GET of the caller's.
 * @throws ProblemError 400 for a path that is no report's.
 */
export async function createTicket(
  store: ControlStore,
  caller: Caller,
  body: unknown,
): Promise<{ url: string; expiresAt: string }> {
  const { path } = validatedBody(TicketRequest, body);
  const { token, id, digest } = createSecret('fbt');
  const record: TicketRecord = {
    kind: 'ticket',
    id,
    slot: randomInt(SLOTS),
    digest,
    path,
    tenant: caller.tenant,
    createdAt: Date.now(),
    expiresAt: Date.now() + LIFE_MS,
    issuer: issuerOf(caller),
    claim: null,
  };
  await store.write(record);
  const url = `${path}${path.includes('?') ? '&' : '?'}ticket=${token}`;
  return { url, expiresAt: new Date(record.expiresAt).toISOString() };
}

function issuerOf({ identity }: Caller): TicketIssuer {
  if (!identity || identity.kind === 'screen') {
    throw new ProblemError(403, 'Forbidden', 'A wall screen downloads nothing.');
  }
  return { kind: identity.kind, id: identity.id };
}

/** The ticket in a request's address, null when there is none. */
export function ticketIn(url: string): { token: string; path: string } | null {
  const found = PARAMETER.exec(url);
  return found?.[1] === undefined ? null : { token: found[1], path: url.slice(0, found.index) };
}

/** Takes a ticket for the path it was made for; null when it is unknown, ended, used or for another one. */
export async function claimTicket(
  store: ControlStore,
  id: string,
  { token, path }: { token: string; path: string },
): Promise<TicketRecord | null> {
  const ticket = store.tickets.get(id);
  if (!matches(token, ticket?.digest) || !ticket) return null;
  if (ticket.claim !== null || ticket.path !== path || ticket.expiresAt < Date.now()) return null;
  const claim = randomUUID();
  await store.write({ ...ticket, claim });
  return store.tickets.get(id)?.claim === claim ? ticket : null;
}
