/** The page's live stream for components. */
import {
  computed,
  onScopeDispose,
  reactive,
  readonly,
  shallowRef,
  toValue,
  watch,
  type MaybeRefOrGetter,
  type Ref,
  type ShallowRef,
} from 'vue';
import { ApiError, authorization } from './client';
import { LiveStream, type LiveState } from './live-stream';
import { keyRefused } from './session';
import type { SinkFreshness } from './types';

const state = reactive<LiveState>({ status: 'idle', lostSince: null, refused: null });

const stream = new LiveStream({
  open: async (path, signal) => {
    const response = await fetch(path, { signal, headers: authorization(), cache: 'no-store' });
    if (response.status === 401) keyRefused();
    return response;
  },
  onState: (next) => Object.assign(state, next),
});

window.addEventListener('online', () => stream.reconnect());

export const liveState = readonly(state);
/** Why there is no stream, where the server has said so; an unreachable server says nothing. */
export const liveError = computed(() => (state.refused === null ? null : new ApiError(state.refused)));
export const reconnectLive = (): void => stream.reconnect();

/** The newest snapshot of a topic, undefined until the first; a null topic watches nothing. */
export function useLive<T extends object>(topic: Ref<string | null>): ShallowRef<T | undefined> {
  const data = shallowRef<T>();
  let stop: (() => void) | undefined;
  watch(
    topic,
    (name) => {
      stop?.();
      // What another question was answered must not stand under this one's name.
      data.value = undefined;
      stop = name === null ? undefined : stream.watch(name, (snapshot) => (data.value = snapshot as T));
    },
    { immediate: true },
  );
  onScopeDispose(() => stop?.());
  return data;
}

/** How old the data of a source is by its own position, milliseconds at `at`; null while unknown. */
export function useLag(
  source: MaybeRefOrGetter<keyof SinkFreshness>,
): Ref<{ lagMs: number | null; at: number }> {
  const freshness = useLive<SinkFreshness>(shallowRef('freshness'));
  return computed(() => ({
    lagMs: freshness.value?.[toValue(source)].lagMs ?? null,
    at: freshness.value ? Date.now() : 0,
  }));
}
