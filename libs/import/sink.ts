/** Where imported events go. */
import { TOPICS, type ChangeLog } from '#change-log';
import { checkEvent, recordKey, type CloudEvent, type Problem } from '#crm';

/** An event that was not taken, by its place in what was handed over. */
export interface RejectedEvent {
  index: number;
  errors: Problem[];
}

export interface EventSink {
  /**
   * Publishes events (at most 5,000, some 4 MiB); resolves when those that were taken are durable.
   * Rejects when it cannot go on.
   */
  publish(events: readonly CloudEvent[]): Promise<{ rejected: RejectedEvent[] }>;
}

/** Straight into the change log, for a process that has it open. */
export class LogSink implements EventSink {
  constructor(
    private readonly log: ChangeLog,
    private readonly tenant: string,
  ) {}

  async publish(events: readonly CloudEvent[]): Promise<{ rejected: RejectedEvent[] }> {
    const rejected: RejectedEvent[] = [];
    const records = events.flatMap((event, index) => {
      const checked = checkEvent(event, { tenant: this.tenant, now: Date.now() });
      if (!checked.ok) {
        rejected.push({ index, errors: checked.problems });
        return [];
      }
      const { entity, id } = checked.change;
      return {
        key: recordKey(this.tenant, entity, id),
        value: Buffer.from(JSON.stringify({ ...event, tenantid: this.tenant })),
        headers: { 'content-type': 'application/cloudevents+json' },
      };
    });
    if (records.length > 0) await this.log.append(TOPICS.events, records);
    return { rejected };
  }
}
