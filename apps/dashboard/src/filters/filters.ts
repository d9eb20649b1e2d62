/** The scope and period of a page, from its address, as the API takes them. */
import { computed, type ComputedRef, type Ref } from 'vue';
import { useRoute } from 'vue-router';
import type { Params } from '../api/client';
import { useMe } from '../api/queries';
import { isPreset, isRange } from './period';

export const SCOPES = ['self', 'self-and-subordinates', 'department', 'department-tree'] as const;

/** What a screen proposes to a person; whoever is no employee, a key of the company say, is shown everything. */
const PROPOSED: (typeof SCOPES)[number] = 'self-and-subordinates';
/** In the address: everything, where something narrower is proposed. The API's word for it is none at all. */
export const EVERYTHING = 'everything';

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
  /** Whether the page proposes a scope to whoever has not chosen one. */
  proposes?: boolean;
}

/** The scope that a page proposes to the caller, and whether that is known yet. */
export function useProposedScope(proposes: () => boolean): { scope: Ref<string>; known: Ref<boolean> } {
  const me = useMe();
  return {
    scope: computed(() => (proposes() && me.data.value?.employee ? PROPOSED : '')),
    known: computed(() => !proposes() || me.data.value !== undefined || me.error.value !== null),
  };
}

/** The parameters for questions of this page; what the page does not take is left out. */
export function useFilters(options: () => FilterOptions): ComputedRef<Params> {
  const route = useRoute();
  const proposed = useProposedScope(() => options().proposes ?? false);
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
    const chosen = params['scope'] ?? params['departmentId'] ?? params['employeeId'];
    if (chosen === undefined && proposed.scope.value !== '') params['scope'] = proposed.scope.value;
    if (params['scope'] === EVERYTHING) delete params['scope'];
    return params;
  });
}

/** Those of some parameters that a question takes. */
export const pick = (params: Params, accepted: readonly string[]): Params =>
  Object.fromEntries(Object.entries(params).filter(([name]) => accepted.includes(name)));
