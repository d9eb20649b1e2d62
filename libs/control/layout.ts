/** How a person has arranged the pages: per employee, or per key that stands for none. */
import type { Caller } from '#access';
import { badRequest, ProblemError, type InputError } from '#platform';
import { controlKey, type LayoutRecord } from './records';
import type { ControlStore } from './store';

export interface PanelPlace {
  panel: string;
  hidden?: boolean;
  /** Columns of the page's two. */
  width?: 1 | 2;
}

/** Panels of each page in their order, by the page's name. */
export type Layout = Record<string, PanelPlace[]>;

const MAX_BYTES = 32 * 1024;
const MAX_PANELS = 100;
const PAGE = /^[a-z0-9-]{1,64}$/;
const PANEL = /^[^\p{Cc}\p{Cs}]{1,128}$/u;

/** The caller's layout; empty when there is none. */
export const layoutOf = (store: ControlStore, caller: Caller): Layout =>
  store.layouts.get(controlKey(recordOf(caller, {})))?.layout ?? {};

/** Replaces the caller's layout. @throws ProblemError 400 or 413. */
export async function changeLayout(store: ControlStore, caller: Caller, body: unknown): Promise<Layout> {
  if (Buffer.byteLength(JSON.stringify(body ?? null)) > MAX_BYTES) {
    throw new ProblemError(413, 'Content too large', `A layout may have at most ${MAX_BYTES / 1024} KiB.`);
  }
  const errors = problemsOf(body);
  if (errors.length > 0) throw badRequest('The layout is not right.', errors);
  const layout = body as Layout;
  await store.write(recordOf(caller, layout));
  return layout;
}

/** A person keeps the layout with a new key. */
function recordOf({ tenant, employeeId, identity }: Caller, layout: Layout): LayoutRecord {
  const owner = employeeId === null ? `key/${identity?.id ?? 'operator'}` : `employee/${employeeId}`;
  return { kind: 'layout', tenant, owner, layout, createdAt: Date.now() };
}

function problemsOf(body: unknown): InputError[] {
  if (!isObject(body)) return [{ pointer: '', detail: 'must be an object of pages' }];
  return Object.entries(body).flatMap(([page, panels]) => {
    const pointer = `/${page.replaceAll('~', '~0').replaceAll('/', '~1')}`;
    if (!PAGE.test(page)) return [{ pointer, detail: 'must be named by 1 to 64 characters of a-z 0-9 -' }];
    if (!Array.isArray(panels) || panels.length > MAX_PANELS) {
      return [{ pointer, detail: `must be a list of at most ${MAX_PANELS} panels` }];
    }
    return panels.flatMap((panel, index) => panelProblems(panel, `${pointer}/${index}`));
  });
}

function panelProblems(value: unknown, pointer: string): InputError[] {
  if (!isObject(value)) return [{ pointer, detail: 'must be an object' }];
  const { panel, hidden, width, ...rest } = value;
  const errors = Object.keys(rest).map((name) => ({ pointer: `${pointer}/${name}`, detail: 'is unknown' }));
  if (typeof panel !== 'string' || !PANEL.test(panel)) {
    errors.push({ pointer: `${pointer}/panel`, detail: 'must be a text of 1 to 128 characters' });
  }
  if (hidden !== undefined && typeof hidden !== 'boolean') {
    errors.push({ pointer: `${pointer}/hidden`, detail: 'must be true or false' });
  }
  if (width !== undefined && width !== 1 && width !== 2) {
    errors.push({ pointer: `${pointer}/width`, detail: 'must be 1 or 2' });
  }
  return errors;
}

const isObject = (value: unknown): value is Record<string, unknown> =>
  value !== null && typeof value === 'object' && !Array.isArray(value);
