/**
 * What the dataset does not have, made up from its won deals so that every board has something to
 * show: payments, visits, follow-ups, contacts, trips, invoices, customers won by recommendation.
 * The same deals give the same records.
 */
import { createHash } from 'node:crypto';
import { dayOf, isoOf, type Day, type Zone } from '#calendar';
import type { CloudEvent, Contract } from '#crm';
import { fromMinor, toMinorExact } from '#metrics';
import { demoEvent } from './demo-event';
import type { World } from './world';

const MINUTE_MS = 60_000;

/** Events for everything that had happened by `now` (epoch milliseconds). */
export function* historyOf(world: World, zone: Zone, now: number): Generator<CloudEvent> {
  for (const contract of world.contracts.values()) {
    for (const event of aroundDeal(contract, zone)) {
      if (Date.parse(event.time) <= now) yield event;
    }
  }
}

function* aroundDeal(contract: Contract, zone: Zone): Generator<CloudEvent> {
  const { id, ownerId, customerId, orderDate } = contract;
  if (!ownerId || !customerId || !orderDate) return;
  const day = dayOf(orderDate);
  const dice = diceOf(id);
  const at = (on: Day, minutes: number): number => zone.startOf(on) + minutes * MINUTE_MS;
  const instant = (on: Day, minutes: number): string => new Date(at(on, minutes)).toISOString();

  for (const [n, before] of [Math.floor(dice(0) * 5), 5 + Math.floor(dice(1) * 20)].entries()) {
    const minutes = 9 * 60 + Math.floor(dice(2 + n) * 480);
    const followUp = {
      id: `${id}-follow-up-${n + 1}`,
      kind: 'follow-up' as const,
      targetType: 'opportunity' as const,
      targetId: id,
      customerId,
      authorId: ownerId,
      createdAt: instant(day - before, minutes),
      method: ['call', 'visit', 'e-mail'][Math.floor(dice(4 + n) * 3)],
    };
    yield demoEvent('activity', 'recorded', followUp, at(day - before, minutes));
  }
  yield* payments(contract, day, dice, at);
  if (dice(10) < 0.2) {
    const contact = {
      id: `${id}-contact`,
      name: `${FIRST_NAMES[Math.floor(dice(11) * FIRST_NAMES.length)]} ${LAST_NAMES[Math.floor(dice(12) * LAST_NAMES.length)]}`,
      customerId,
      ownerId,
      creatorId: ownerId,
      createdAt: instant(day - 2, 14 * 60),
    };
    yield demoEvent('contact', 'created', contact, at(day - 2, 14 * 60));
  }
  if (dice(13) < 0.08) {
    const legs = [{ startsAt: instant(day - 4, 8 * 60) }];
    if (dice(14) < 0.3) legs.push({ startsAt: instant(day - 3, 8 * 60) });
    const trip = { id: `${id}-trip`, applicantId: ownerId, status: 'approved' as const, legs };
    yield demoEvent('business-trip', 'approved', trip, at(day - 6, 16 * 60));
  }
  if (dice(15) < 0.06) {
    const customer = {
      id: `${id}-referral`,
      name: `Recommended by ${customerId} (${id})`,
      ownerId,
      creatorId: ownerId,
      createdAt: instant(day, 15 * 60),
      dealStatus: 'not-deal' as const,
      source: 'recommendation',
    };
    yield demoEvent('customer', 'created', customer, at(day, 15 * 60));
  }
  if (dice(16) < 0.15) {
    const satisfaction = ['很满意', '很满意', '满意', '一般', '不满意'][Math.floor(dice(17) * 5)];
    const visit = {
      id: `${id}-visit`,
      visitorId: ownerId,
      contractId: id,
      visitedAt: instant(day + 20, 600),
      satisfaction,
    };
    yield demoEvent('return-visit', 'recorded', visit, at(day + 20, 600));
  }
}

/** Most pay in full within a month, some in two parts, some have not paid yet; payers get invoices. */
function* payments(
  { id, ownerId, amount }: Contract,
  day: Day,
  dice: (n: number) => number,
  at: (on: Day, minutes: number) => number,
): Generator<CloudEvent> {
  const total = toMinorExact(amount);
  const kind = dice(6);
  const parts = kind < 0.65 ? [total] : kind < 0.85 ? [total / 2n, total - total / 2n] : [];
  for (const [n, part] of parts.entries()) {
    const paidOn = day + Math.floor(dice(7) * 20) + n * 30;
    const receivable = {
      id: `${id}-payment-${n + 1}`,
      number: `${id}-${n + 1}`,
      contractId: id,
      ownerId,
      returnDate: isoOf(paidOn),
      amount: fromMinor(part),
      status: 'approved' as const,
    };
    yield demoEvent('receivable', 'approved', receivable, at(paidOn, 11 * 60));
  }
  if (parts.length === 0 || dice(8) > 0.7) return;
  const invoice = {
    id: `${id}-invoice`,
    number: id,
    contractId: id,
    ownerId,
    amount,
    status: 'approved' as const,
  };
  yield demoEvent(
    'invoice',
    'issued',
    { ...invoice, issued: true, issueDate: isoOf(day + 1) },
    at(day + 1, 600),
  );
}

/** Numbers in [0, 1) that depend on nothing but the id and `n` (0 to 31). */
function diceOf(id: string): (n: number) => number {
  const bytes = createHash('sha512').update(id).digest();
  return (n) => bytes.readUInt16BE(n * 2) / 65_536;
}

export const FIRST_NAMES = [
  'Ada',
  'Bruno',
  'Chen',
  'Dalia',
  'Emeka',
  'Farah',
  'Greta',
  'Hiro',
  'Ines',
  'Jonas',
  'Kofi',
  'Lena',
];
export const LAST_NAMES = [
  'Abbott',
  'Bianchi',
  'Costa',
  'Duarte',
  'Eriksen',
  'Fischer',
  'Gupta',
  'Haddad',
  'Ito',
  'Jansen',
  'Kaya',
  'Lopez',
];
