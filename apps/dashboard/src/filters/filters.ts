/** The scope and period of a page, from its address, as the API takes them. */
import { computed, type ComputedRef } from 'vue';
import { useRoute } from 'vue-router';
import type { Params } from '../api/client';
import { isPreset, isRange } from './period';

export const SCOPES = ['self', 'self-and-subordinates', 'department', 'department-tree'] as const;

/** Names of parameters that a filter bar may hold. */
const FILTERS = [
  'year',
  'departmentId',
  'employeeId',
  'scope',
  'pipelineId',
  'categoryId',
  'metric',
  'subjectType',
] as const;

export interface FilterOptions {
  /** The preset without one in the address; absent for pages that take no period. */
  preset?: string;
  /** Parameters that the page's questions take. */
  accepts: readonly string[];
}

/** The parameters for questions of this page; what the page does not take is left out. */
export function useFilters(options: () => FilterOptions): ComputedRef<Params> {
  const route = useRoute();
  return computed(() => {
    const { preset, accepts } = options();
    const { query } = route;
    const params: Record<string, string> = {};
    if (preset !== undefined && accepts.includes('preset')) {
      if (isRange(query['from'], query['to'])) {
        params['from'] = String(query['from']);
        params['to'] = String(query['to']);
      } else params['preset'] = isPreset(query['preset']) ? query['preset'] : preset;
    }
    for (const name of FILTERS) {
      const value = query[name];
      if (accepts.includes(name) && typeof value === 'string' && value !== '') params[name] = value;
    }
    return params;
  });
}

/** Those of some parameters that a question takes. */
export const pick = (params: Params, accepted: readonly string[]): Params =>
  Object.fromEntries(Object.entries(params).filter(([name]) => accepted.includes(name)));
