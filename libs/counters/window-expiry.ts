/** From a window's key back to when it expires. */
import { dayFrom, windowsOf, type Day } from '#calendar';

/** The first day on which a window is expired; null when the key is no window's. */
export function expiryOf(key: string): Day | null {
  const day = firstDay(key);
  return windowsOf(day).find((window) => window.key === key)?.expires ?? null;
}

function firstDay(key: string): Day {
  const year = Number(key.slice(1, 5));
  if (key.startsWith('q')) return dayFrom(year, Number(key.slice(5)) * 3 - 2, 1);
  return dayFrom(year, Number(key.slice(5, 7) || 1), Number(key.slice(7, 9) || 1));
}
