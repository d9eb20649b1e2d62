/** What a wall screen needs of its browser: awake, no cursor, sized to its height, always the newest build. */
import { onBeforeUnmount, onMounted, ref, type Ref } from 'vue';

/** Lines of text that fill the screen from top to bottom: what `rem` is derived from. */
const LINES = 46;
const CURSOR_MS = 3_000;
const BUILD_MS = 60_000;

/** Scales the root's font to the screen while the component lives. */
export function useScreenScale(): void {
  const scale = (): void => {
    const portrait = window.innerHeight > window.innerWidth;
    const unit = portrait
      ? window.innerWidth / 36
      : Math.min(window.innerHeight / LINES, window.innerWidth / 70);
    document.documentElement.style.fontSize = `${Math.max(10, unit).toFixed(2)}px`;
  };
  onMounted(() => {
    document.documentElement.dataset['wall'] = '';
    scale();
    window.addEventListener('resize', scale);
  });
  onBeforeUnmount(() => {
    delete document.documentElement.dataset['wall'];
    document.documentElement.style.fontSize = '';
    window.removeEventListener('resize', scale);
  });
}

/** True while nobody has moved the mouse for some seconds. */
export function useIdleCursor(): Ref<boolean> {
  const idle = ref(false);
  let timer: ReturnType<typeof setTimeout>;
  const moved = (): void => {
    idle.value = false;
    clearTimeout(timer);
    timer = setTimeout(() => (idle.value = true), CURSOR_MS);
  };
  onMounted(() => {
    moved();
    for (const event of ['mousemove', 'keydown', 'touchstart']) window.addEventListener(event, moved);
  });
  onBeforeUnmount(() => {
    clearTimeout(timer);
    for (const event of ['mousemove', 'keydown', 'touchstart']) window.removeEventListener(event, moved);
  });
  return idle;
}

/** Keeps the screen on where the browser allows it; a lock is lost when the page is hidden. */
export function useWakeLock(): void {
  let lock: WakeLockSentinel | undefined;
  const take = async (): Promise<void> => {
    if (document.hidden || !('wakeLock' in navigator)) return;
    try {
      lock = await navigator.wakeLock.request('screen');
    } catch {
      // Refused on battery or without a secure origin: the screen's own settings decide then.
    }
  };
  const visible = (): void => void take();
  onMounted(() => {
    void take();
    document.addEventListener('visibilitychange', visible);
  });
  onBeforeUnmount(() => {
    document.removeEventListener('visibilitychange', visible);
    void lock?.release();
  });
}

/** The script that a page starts with: its name carries the hash of the build. */
export const entryOf = (html: string): string | null => /src="(\/assets\/[^"]+\.js)"/.exec(html)?.[1] ?? null;

/** Loads the page anew when the server has another build of it. */
export function useNewBuild(): void {
  const mine = document.querySelector('script[type=module]')?.getAttribute('src') ?? null;
  const look = async (): Promise<void> => {
    try {
      const response = await fetch('/', { cache: 'no-cache' });
      const theirs = response.ok ? entryOf(await response.text()) : null;
      if (mine !== null && theirs !== null && theirs !== mine) location.reload();
    } catch {
      // No server, no news.
    }
  };
  let timer: ReturnType<typeof setInterval>;
  onMounted(() => (timer = setInterval(() => void look(), BUILD_MS)));
  onBeforeUnmount(() => clearInterval(timer));
}

/** Two rising notes; browsers allow sound only after somebody has touched the page. */
export function chime(): void {
  try {
    const audio = new AudioContext();
    for (const [index, frequency] of [523.25, 659.25, 783.99].entries()) {
      const start = audio.currentTime + index * 0.16;
      const gain = new GainNode(audio, { gain: 0 });
      gain.gain.setValueAtTime(0.18, start);
      gain.gain.exponentialRampToValueAtTime(0.001, start + 0.5);
      const tone = new OscillatorNode(audio, { frequency, type: 'triangle' });
      tone.connect(gain).connect(audio.destination);
      tone.start(start);
      tone.stop(start + 0.5);
    }
    setTimeout(() => void audio.close(), 1500);
  } catch {
    // No sound device.
  }
}
