/** Compares counters and warehouse, tenant by tenant. */
import { verify, type Verified } from '#reconciliation';
import { OperationRefused, type OperationContext, type Tell } from './operation';

export interface VerifyArguments {
  tenants: string[];
  repair: boolean;
}

export interface VerifyAnswer {
  tenants: Verified[];
}

/** Told: each tenant's outcome as it is known. */
export async function verifyCounters(
  { engines, tenants }: OperationContext,
  args: unknown,
  tell: Tell,
): Promise<VerifyAnswer> {
  const { tenants: names, repair } = args as VerifyArguments;
  const verified: Verified[] = [];
  for (const name of names) {
    const tenant = tenants.get(name);
    if (!tenant) throw new OperationRefused(`there is no tenant ${name}`);
    const outcome = await verify(engines, tenant, { repair, records: true });
    verified.push(outcome);
    tell(outcome);
  }
  return { tenants: verified };
}
