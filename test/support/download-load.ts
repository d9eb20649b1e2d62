/** Large downloads measured: how long they take, and how much memory the process needs for them. */
import type { CloudEvent } from '#crm';
import { upsert } from './events';
import type { Floor } from './floor';
import type { Format } from './files';

const id = (nth: number): string => `00000000-0000-4000-8000-${String(nth).padStart(12, '0')}`;

/** Events of contracts with three lines, each of a customer of its own, dated over a year; half of them paid. */
function contractEvents(nth: number): CloudEvent[] {
  const day = new Date(Date.UTC(2025, 0, 1 + (nth % 365))).toISOString().slice(0, 10);
  const ownerId = id(nth % 50);
  const line = { productId: id(nth % 1000), quantity: '2.50', subtotal: '100.00' };
  const contract = upsert('contract', {
    id: id(nth),
    number: `HT-2025-${nth}`,
    name: `年度框架采购合同 ${nth}`,
    customerId: id(nth),
    ownerId,
    orderDate: day,
    amount: `${nth % 100_000}.25`,
    status: 'approved',
    lines: [line, line, line],
  });
  const customer = upsert('customer', {
    id: id(nth),
    name: `上海某某信息技术有限公司 ${nth}`,
    ownerId,
    creatorId: ownerId,
    createdAt: `${day}T10:00:00+08:00`,
    dealStatus: 'deal',
  });
  const payment = upsert('receivable', {
    id: id(nth),
    contractId: id(nth),
    ownerId,
    returnDate: day,
    amount: '10.00',
    status: 'approved',
  });
  return nth % 2 === 0 ? [contract, customer, payment] : [contract, customer];
}

/** Publishes so many contracts, waits until they are in the reports, and starts the processes anew. */
export async function loadContracts(floor: Floor, count: number): Promise<void> {
  const group = 5_000;
  for (let first = 0; first < count; first += group) {
    const size = Math.min(group, count - first);
    await floor.publish(Array.from({ length: size }, (_, index) => contractEvents(first + index)).flat());
  }
  await floor.settle(600_000);
  // What they have taken for the loading does not count as room for the download.
  await floor.stopApps();
  await floor.startApps();
}

export interface Measured {
  rows: number;
  bytes: number;
  seconds: number;
  firstByteSeconds: number;
  /** Most memory during the download above what was held before, bytes. */
  growth: number;
}

/** The two long tables: every contract, as a report and as the records behind a number. */
export const LONG_TABLES = {
  report: '/v1/reports/amount-ratio-detail?from=2025-01-01&to=2025-12-31',
  records: '/v1/reports/customer-total/records?from=2025-01-01&to=2025-12-31&column=contractAmount',
} as const;

/** Downloads once, keeping nothing but the count of lines. */
export async function measureDownload(floor: Floor, path: string, format: Format): Promise<Measured> {
  await floor.get(`${path}&limit=50`);
  const before = floor.memory();
  let most = before;
  const watching = setInterval(() => (most = Math.max(most, floor.memory())), 20);
  const start = performance.now();
  const response = await fetch(`${floor.queryUrl}${path}&format=${format}`);
  if (response.status !== 200 || !response.body) throw new Error(`${path}: ${response.status}`);
  let [rows, bytes, firstByte] = [0, 0, 0];
  for await (const chunk of response.body as AsyncIterable<Uint8Array>) {
    firstByte ||= performance.now() - start;
    bytes += chunk.length;
    for (const byte of chunk) if (byte === 10) rows += 1;
  }
  clearInterval(watching);
  return {
    rows,
    bytes,
    seconds: (performance.now() - start) / 1000,
    firstByteSeconds: firstByte / 1000,
    growth: most - before,
  };
}
