/** Where the outcome of comparing a tenant's counters with the warehouse is told: this and the tenant. */
export const RECONCILIATION_STATUS = 'reconciliation/';

export interface ReconciliationStatus {
  /** When the comparison ended, epoch milliseconds. */
  at: number;
  /** Cells compared. */
  compared: number;
  /** Cells and records that differed. */
  drift: number;
}
