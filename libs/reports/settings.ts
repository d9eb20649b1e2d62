/** The tenant's settings record. */
import { DEFAULT_SETTINGS } from '#crm';
import type { Run } from './run';
import { sql, text } from './sql';

export interface ReportSettings {
  /** Days before its end at which a contract is announced; null: not at all. */
  contractExpiryDays: number | null;
  satisfactionOptions: readonly string[];
}

export function readSettings(run: Run): Promise<ReportSettings> {
  return run.kept<ReportSettings, ReportSettings>(
    ['settings'],
    sql`
      SELECT contract_expiry_days AS contractExpiryDays, satisfaction_options AS satisfactionOptions
      FROM settings FINAL WHERE tenant = ${run.tenant} AND id = ${text(DEFAULT_SETTINGS.id)}`,
    ([found]) => {
      const { contractExpiryDays, satisfactionOptions } = found ?? DEFAULT_SETTINGS;
      return { contractExpiryDays: contractExpiryDays ?? null, satisfactionOptions };
    },
  );
}
