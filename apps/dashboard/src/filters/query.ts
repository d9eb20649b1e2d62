/** State in the address bar: every filter can be bookmarked, shared and stepped back through. */
import { computed, type WritableComputedRef } from 'vue';
import { useRoute, useRouter, type LocationQueryRaw } from 'vue-router';

/** One parameter of the address; setting it to the default takes it out. */
export function useQueryParam(name: string, standard = ''): WritableComputedRef<string> {
  const route = useRoute();
  const router = useRouter();
  return computed({
    get: () => {
      const value = route.query[name];
      return typeof value === 'string' ? value : standard;
    },
    set: (value) => {
      void router.replace({ query: withParams(route.query, { [name]: value === standard ? '' : value }) });
    },
  });
}

/** Sets several parameters at once; empty ones go. */
export function useSetParams(): (values: Record<string, string>) => void {
  const route = useRoute();
  const router = useRouter();
  return (values) => void router.replace({ query: withParams(route.query, values) });
}

const withParams = (query: LocationQueryRaw, values: Record<string, string>): LocationQueryRaw =>
  Object.fromEntries(
    Object.entries({ ...query, ...values }).filter(([, value]) => value !== '' && value !== undefined),
  );
