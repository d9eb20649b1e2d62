/** The question for one report; apart from the others, since the first page needs none. */
import { useQuery } from '@tanstack/vue-query';
import { computed, toValue, type MaybeRefOrGetter } from 'vue';
import { get, type Params } from './client';
import { parseCounted } from './counts';
import { REFRESH_MS, type Query, type Question } from './queries';
import type { ReportAnswer } from './types';

export function useReport(
  id: MaybeRefOrGetter<string>,
  params: MaybeRefOrGetter<Params>,
  enabled: MaybeRefOrGetter<boolean> = true,
): Query<ReportAnswer> {
  return useQuery({
    queryKey: computed((): Question => ['report', toValue(id), toValue(params)]),
    queryFn: async ({ signal, queryKey }) => {
      const [, report, asked] = queryKey;
      const answer = await get(`/v1/reports/${report}`, asked, signal);
      return parseCounted<ReportAnswer>(await answer.text());
    },
    // The previous answer of the same report stays while another period of it is read.
    placeholderData: (before) => (before?.report === toValue(id) ? before : undefined),
    refetchInterval: REFRESH_MS,
    enabled: computed(() => toValue(enabled)),
  });
}
