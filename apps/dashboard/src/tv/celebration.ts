/** Which deals of the feed are celebrated on this screen: each once, new ones only, when the floor is awake. */
import type { FeedItem } from '../api/types';
import { minor } from '../i18n/numbers';

export interface CelebrationRules {
  /** Deals below this are not celebrated; a decimal string. */
  minimum: string;
  /** Local times of the zone, `HH:MM`; over midnight where `to` is the earlier one. */
  quietHours: { from: string; to: string } | null;
  timeZone?: string;
}

/** News is no longer news after this: a screen that was off does not celebrate yesterday. */
const NEWS_MS = 10 * 60_000;
const KEPT = 500;

export class Celebrations {
  private readonly seen: Set<string>;
  private first = true;

  /** `seen` are the keys of deals that this screen has already shown, from its own storage. */
  constructor(
    seen: readonly string[],
    private readonly keep: (seen: string[]) => void,
  ) {
    this.seen = new Set(seen);
  }

  /** The deals of a snapshot to celebrate now, oldest first. What a page finds when it opens is no news. */
  take(items: readonly FeedItem[], rules: CelebrationRules, now: Date): FeedItem[] {
    const fresh = items.filter(({ key }) => !this.seen.has(key));
    const opening = this.first;
    this.first = false;
    if (fresh.length > 0) {
      for (const { key } of fresh) this.seen.add(key);
      this.keep([...this.seen].slice(-KEPT));
    }
    if (opening || isQuiet(rules, now)) return [];
    return fresh
      .filter(
        ({ at, amount }) => now.getTime() - Date.parse(at) < NEWS_MS && minor(amount) >= minor(rules.minimum),
      )
      .toReversed();
  }
}

/** Whether a time lies in the quiet hours, which may span midnight. */
export function isQuiet({ quietHours, timeZone }: Omit<CelebrationRules, 'minimum'>, now: Date): boolean {
  if (!quietHours) return false;
  const { from, to } = quietHours;
  const time = new Intl.DateTimeFormat('en-GB', { timeZone, hour: '2-digit', minute: '2-digit' }).format(now);
  return from <= to ? time >= from && time < to : time >= from || time < to;
}
