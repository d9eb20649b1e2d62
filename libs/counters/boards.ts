/** The boards an engine was told of at start, by id and by the tag that stands for them in stored contributions. */
import type { BoardSpec } from './port';

export type BoardKind = BoardSpec['kind'];

/** FNV-1a folded to 16 bits: stable over releases, and short in every stored contribution. */
function tagOf(id: string): number {
  let hash = 0x811c9dc5;
  for (const byte of Buffer.from(id)) hash = Math.imul(hash ^ byte, 0x01000193) >>> 0;
  return (hash >>> 16) ^ (hash & 0xffff);
}

export class BoardRegistry {
  private readonly kinds = new Map<string, BoardKind>();
  private readonly tags = new Map<string, number>();
  private readonly byTag = new Map<number, string>();

  /** @throws Error when two boards have one id or one tag, or an id holds a character that keys use. */
  constructor(specs: readonly BoardSpec[]) {
    for (const { id, kind } of specs) {
      const tag = tagOf(id);
      const other = this.byTag.get(tag);
      if (other !== undefined) throw new Error(`boards ${other} and ${id} cannot be told apart; rename one`);
      if (!/^[a-z0-9-]+$/.test(id)) throw new Error(`board id ${id}: only a-z, 0-9 and - are allowed`);
      this.kinds.set(id, kind);
      this.tags.set(id, tag);
      this.byTag.set(tag, id);
    }
  }

  /** All ids, sorted. */
  ids(): string[] {
    return [...this.kinds.keys()].sort();
  }

  has(id: string): boolean {
    return this.kinds.has(id);
  }

  /** @throws Error for a board that was not declared. */
  kindOf(id: string): BoardKind {
    const kind = this.kinds.get(id);
    if (!kind) throw new Error(`unknown board ${id}`);
    return kind;
  }

  /** @throws Error for a board that was not declared. */
  tagOf(id: string): number {
    const tag = this.tags.get(id);
    if (tag === undefined) throw new Error(`unknown board ${id}`);
    return tag;
  }

  /** The board of a stored tag; undefined when this release no longer declares it. */
  idOf(tag: number): string | undefined {
    return this.byTag.get(tag);
  }
}
