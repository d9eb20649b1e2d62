/**
 * A steady stream of the mix over HTTP, by the clock and not by the answers (an open loop: what is late counts as
 * late), in which every request carries one probe: a new contact of a person of its own, so that what a board or a
 * report shows of that person tells which probes are in it.
 */
import { Agent, request } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import type { CloudEvent } from '#crm';
import { clock } from './clock';
import { Mix, TENANT } from './mix';
import { serve } from './worker';

export interface Start {
  url: string;
  seed: number;
  eventsPerSecond: number;
  requestsPerSecond: number;
  seconds: number;
}

/** One probe: the `ordinal`-th of a person; moments on the common clock. */
export interface Probe {
  person: string;
  ordinal: number;
  /** When it was to be sent. */
  due: number;
  /** When its acceptance arrived. */
  accepted: number;
}

export interface Streamed {
  probes: Probe[];
  sent: number;
  /** The newest event of every record of the mix. */
  latest: CloudEvent[];
}

const PEOPLE = 50;
const agent = new Agent({ keepAlive: true, maxSockets: 64 });
const personOf = (index: number): string => `probe-${String(index % PEOPLE).padStart(2, '0')}`;

function probeEvent(mix: Mix, index: number): CloudEvent {
  const id = mix.uuid();
  const now = new Date();
  return {
    specversion: '1.0',
    id: mix.uuid(),
    source: 'https://crm.example/probe',
    type: 'crm.contact.created',
    subject: id,
    time: now.toISOString(),
    tenantid: TENANT,
    sequence: '1',
    data: { id, name: '探针', creatorId: personOf(index), createdAt: now.toISOString() },
  };
}

function post(url: string, body: Buffer): Promise<void> {
  return new Promise((resolve, reject) => {
    const headers = {
      'content-type': 'application/cloudevents-batch+json',
      'content-length': body.length,
    };
    const sent = request(`${url}/v1/events`, { method: 'POST', agent, headers }, (response) => {
      response.resume();
      response.on('end', () => {
        if (response.statusCode === 202) resolve();
        else reject(new Error(`POST /v1/events: ${response.statusCode}`));
      });
    });
    sent.on('error', reject);
    sent.end(body);
  });
}

async function run({ url, seed, eventsPerSecond, requestsPerSecond, seconds }: Start): Promise<Streamed> {
  const mix = new Mix({ seed });
  const batch = eventsPerSecond / requestsPerSecond - 1;
  const started = clock();
  const probes: Probe[] = [];
  const sending: Promise<void>[] = [];
  for (let index = 0; index < requestsPerSecond * seconds; index++) {
    const due = started + (index * 1000) / requestsPerSecond;
    const wait = due - clock();
    if (wait > 1) await sleep(wait);
    const body = Buffer.from(JSON.stringify([...mix.events(batch), probeEvent(mix, index)]));
    const probe = { person: personOf(index), ordinal: Math.floor(index / PEOPLE) + 1, due, accepted: NaN };
    probes.push(probe);
    sending.push(post(url, body).then(() => void (probe.accepted = clock())));
  }
  await Promise.all(sending);
  return { probes, sent: probes.length * (batch + 1), latest: [...mix.latest.values()] };
}

serve({ run });
