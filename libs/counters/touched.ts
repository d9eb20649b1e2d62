/** Coalescing of what several plans have touched. */
import type { Touched } from './port';

/** One entry per tenant, with the union of everything; nothing for tenants that nothing happened to. */
export function mergeTouched(lists: Iterable<Touched>): Touched[] {
  const merged = new Map<string, { boards: Set<string>; references: Set<string>; feed: boolean }>();
  for (const { tenant, boards, references, feed } of lists) {
    const entry = merged.get(tenant) ?? { boards: new Set(), references: new Set(), feed: false };
    merged.set(tenant, entry);
    for (const board of boards) entry.boards.add(board);
    for (const reference of references) entry.references.add(reference);
    entry.feed ||= feed;
  }
  return [...merged].map(([tenant, { boards, references, feed }]) => ({
    tenant,
    boards: [...boards],
    references: [...references],
    feed,
  }));
}
