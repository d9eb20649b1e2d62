/** Which of the six states a panel is in. */
import { ApiError } from '../api/client';

export type PanelStatus = 'loading' | 'empty' | 'fresh' | 'stale' | 'error' | 'forbidden';

export interface PanelInput {
  hasData: boolean;
  isEmpty?: boolean;
  isStale?: boolean;
  error?: unknown;
}

/** An error over good data keeps the data (`stale`); a refusal shows nothing that may no longer be seen. */
export function panelStatus({ hasData, isEmpty = false, isStale = false, error }: PanelInput): PanelStatus {
  if (error instanceof ApiError && error.status === 403) return 'forbidden';
  if (error && !hasData) return 'error';
  if (!hasData) return 'loading';
  if (error || isStale) return 'stale';
  return isEmpty ? 'empty' : 'fresh';
}
