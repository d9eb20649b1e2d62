/** Counters anew from the warehouse, by the consumer that keeps them. */
import { setTimeout as sleep } from 'node:timers/promises';
import { followRebuild, requestRebuild, type RebuildProgress } from '#pipeline';
import { OperationRefused, type OperationContext, type Tell } from './operation';

export interface RebuildArguments {
  /** Absent: everybody's counters. */
  tenant?: string;
}

/** Told: its progress, as often as it is looked at. */
export async function rebuildCounters(
  { engines: { counters }, tenants }: OperationContext,
  args: unknown,
  tell: Tell,
): Promise<RebuildProgress> {
  const { tenant } = args as RebuildArguments;
  if (tenant !== undefined && !tenants.has(tenant))
    throw new OperationRefused(`there is no tenant ${tenant}`);
  const asked = Date.now();
  const id = await requestRebuild(counters, { tenant });
  return followRebuild(counters, { id, tenant, asked }, sleep, tell);
}
