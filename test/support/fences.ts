/** What stands between the fences of a Markdown document. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ROOT } from './children';

export interface Block {
  /** Path from the project's root. */
  document: string;
  /** The nearest heading above. */
  heading: string;
  /** '' when the fence names none. */
  language: string;
  code: string;
}

const FENCE = /^( *)```(\w*)\n([\s\S]*?)^\1```$/gm;

/** The fenced blocks of a document, in order, without the indentation of a list they stand in. */
export function blocksOf(document: string): Block[] {
  const text = readFileSync(join(ROOT, document), 'utf8');
  return [...text.matchAll(FENCE)].map(({ 1: indent = '', 2: language = '', 3: code = '', index }) => ({
    document,
    heading: [...text.slice(0, index).matchAll(/^#+ (.*)$/gm)].at(-1)?.[1] ?? '',
    language,
    code: code.replaceAll(new RegExp(`^${indent}`, 'gm'), ''),
  }));
}

/** A document without its fenced blocks. */
export const textBetweenBlocks = (document: string): string =>
  readFileSync(join(ROOT, document), 'utf8').replaceAll(FENCE, '');

/** Targets of a document's links to files beside it, without anchors. */
export function linksOf(document: string): string[] {
  const text = readFileSync(join(ROOT, document), 'utf8');
  return [...text.matchAll(/\]\(([^)#\s]+)(?:#[^)]*)?\)/g)].flatMap(([, to = '']) =>
    /^[a-z]+:/.test(to) ? [] : [to],
  );
}
