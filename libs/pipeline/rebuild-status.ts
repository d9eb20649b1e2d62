/** Where a request for a rebuild of the counters, and its progress, are told to the other processes. */
export const REBUILD_STATUS = 'rebuild';
export const REBUILD_REQUEST = 'rebuild-request';

export interface RebuildRequest {
  id: string;
  /** Whose counters; the others of their shards are built anew with them. Absent: everybody's. */
  tenants?: string[];
  reason?: string;
}

export interface RebuildProgress {
  state: 'running' | 'done' | 'failed';
  /** Id of the request; absent when nobody asked. */
  request?: string;
  /** Absent: everybody's counters. */
  tenants?: string[];
  reason: string;
  /** Epoch milliseconds; `at` is when this was last told. */
  startedAt: number;
  at: number;
  /** Records applied so far. */
  records: number;
  /** Records there are, as far as is known; null before they are counted. */
  total: number | null;
  error?: string;
}
