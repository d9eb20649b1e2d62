/** `v-glide` on a list: children that change place glide there, new ones fade in; nothing moves where motion is unwelcome. */
import type { Directive } from 'vue';

const GLIDE: KeyframeAnimationOptions = { duration: 500, easing: 'cubic-bezier(0.2, 0.8, 0.2, 1)' };
const still = window.matchMedia('(prefers-reduced-motion: reduce)');
const tops = new WeakMap<Element, Map<Element, number>>();

export const vGlide: Directive<HTMLElement> = {
  beforeUpdate: (list) => {
    if (still.matches) return;
    tops.set(list, new Map([...list.children].map((child) => [child, child.getBoundingClientRect().top])));
  },
  updated: (list) => {
    const before = tops.get(list);
    if (!before || still.matches) return;
    tops.delete(list);
    for (const child of list.children) {
      const top = before.get(child);
      if (top === undefined) {
        child.animate([{ opacity: 0 }, { opacity: 1 }], GLIDE);
        continue;
      }
      const moved = top - child.getBoundingClientRect().top;
      if (Math.abs(moved) >= 1)
        child.animate([{ transform: `translateY(${moved}px)` }, { transform: 'none' }], GLIDE);
    }
  },
};
