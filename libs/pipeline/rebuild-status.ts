/** Where a request for a rebuild of the counters, and its progress, are told to the other processes. */
export const REBUILD_STATUS = 'rebuild';
export const REBUILD_REQUEST = 'rebuild-request';

export interface RebuildProgress {
  state: 'running' | 'done' | 'failed';
  reason: string;
  /** Epoch milliseconds; `at` is when this was last told. */
  startedAt: number;
  at: number;
  /** Records applied so far. */
  records: number;
  error?: string;
}
