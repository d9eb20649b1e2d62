/** Events of the mix as the counters are given them. */
import { zoneNamed } from '#calendar';
import type { RecordChange } from '#counters';
import { checkEvent, type CloudEvent } from '#crm';
import { recordChange } from '#metrics';
import { TIME_ZONE } from './mix';

const zone = zoneNamed(TIME_ZONE);

/** @throws Error for an event that is wrong. */
export function changesOf(events: readonly CloudEvent[]): RecordChange[] {
  const now = Date.now();
  return events.flatMap((event) => {
    const checked = checkEvent(event, { tenant: null, now });
    if (!checked.ok) throw new Error(JSON.stringify(checked.problems));
    return recordChange(checked.change, zone, now) ?? [];
  });
}
