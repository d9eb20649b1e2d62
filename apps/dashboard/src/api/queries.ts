/** Questions to the API, cached by what was asked: a late answer belongs to its own question only. */
import { useQuery } from '@tanstack/vue-query';
import { computed, toValue, type MaybeRefOrGetter, type Ref } from 'vue';
import { getJson, type Params } from './client';
import type { CatalogueEntry, Named, RecordsAnswer } from './types';

/** Panels ask again this often while they are seen; live boards come by the stream. */
export const REFRESH_MS = 15_000;
const HOUR_MS = 3_600_000;

/** What screens read of a question. */
export interface Query<T> {
  data: Readonly<Ref<T | undefined>>;
  error: Readonly<Ref<Error | null>>;
  isPending: Readonly<Ref<boolean>>;
  /** Whether `data` still belongs to the question before. */
  isPlaceholderData: Readonly<Ref<boolean>>;
  dataUpdatedAt: Readonly<Ref<number>>;
  refetch: () => Promise<unknown>;
}

/** A key of the cache, once its references are read: what kind of answer, of which report, to what. */
export type Question = readonly [kind: string, report: string, params: Params];

export function useRecords(
  id: MaybeRefOrGetter<string>,
  params: MaybeRefOrGetter<Params>,
  enabled: MaybeRefOrGetter<boolean>,
): Query<RecordsAnswer> {
  return useQuery({
    queryKey: computed((): Question => ['records', toValue(id), toValue(params)]),
    queryFn: ({ signal, queryKey }) => {
      const [, report, asked] = queryKey;
      return getJson<RecordsAnswer>(`/v1/reports/${report}/records`, asked, signal);
    },
    // Another page of the same list keeps the rows there are; another figure's records do not.
    placeholderData: (before, query) =>
      query && sameList(query.queryKey[2], toValue(params)) ? before : undefined,
    enabled: computed(() => toValue(enabled)),
  });
}

const PAGING: readonly string[] = ['offset', 'limit', 'search'];
const sameList = (a: Params, b: Params): boolean =>
  [...new Set([...Object.keys(a), ...Object.keys(b)])].every(
    (name) => PAGING.includes(name) || a[name] === b[name],
  );

export const useCatalogue = (): Query<CatalogueEntry[]> =>
  useQuery({
    queryKey: ['catalogue'],
    queryFn: async ({ signal }) =>
      (await getJson<{ reports: CatalogueEntry[] }>('/v1/reports', {}, signal)).reports,
    staleTime: HOUR_MS,
  });

export type ListName = 'departments' | 'employees' | 'pipelines' | 'product-categories';

/** What a filter offers, inside the caller's permission. */
export const useList = (name: ListName): Query<Named[]> =>
  useQuery({
    queryKey: ['list', name],
    queryFn: async ({ signal }) => (await getJson<{ rows: Named[] }>(`/v1/${name}`, {}, signal)).rows,
    staleTime: 60_000,
  });

export interface Me {
  tenant: { id: string; name: string; timeZone: string; locale: string; currency: string };
  roles: string[];
  permission: string | null;
  employee: { id: string; name: string; departmentId: string | null } | null;
  /** Nobody has made a key yet: everybody on this machine may do everything. */
  open: boolean;
  screen: { id: string; name: string; scenes: string[] } | null;
}

/** What the caller may do. */
export const useMe = (): Query<Me> =>
  useQuery({
    queryKey: ['me'],
    queryFn: ({ signal }) => getJson<Me>('/v1/me', {}, signal),
    staleTime: 60_000,
  });

export interface TenantSettings {
  boardVisibility: 'everyone' | 'permission';
  risingColour: 'red' | 'green';
  celebrationMinimum: string;
  quietHours: { from: string; to: string } | null;
  /** Boards name only so many, and oneself; null: all. */
  privacyTopN: number | null;
  imageHosts: string[];
}

export const useSettings = (): Query<TenantSettings> =>
  useQuery({
    queryKey: ['settings'],
    queryFn: ({ signal }) => getJson<TenantSettings>('/v1/settings', {}, signal),
    staleTime: 60_000,
  });
