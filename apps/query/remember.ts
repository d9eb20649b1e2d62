/** Answers that may be a little old: computed once and kept for a while, however many ask. */
export function rememberFor<T>(ms: number): (key: string, compute: () => Promise<T>) => Promise<T> {
  const kept = new Map<string, { until: number; value: Promise<T> }>();
  return (key, compute) => {
    const now = performance.now();
    const known = kept.get(key);
    if (known && known.until > now) return known.value;
    for (const [old, { until }] of kept) if (until <= now) kept.delete(old);
    const value = compute();
    kept.set(key, { until: now + ms, value });
    value.catch(() => kept.delete(key));
    return value;
  };
}
