/** What is wrong with a mapping, with the place in its file. */
import { isNode, LineCounter, parseDocument, type Document } from 'yaml';
import { plainToInstance, type ClassConstructor } from 'class-transformer';
import { validateSync, type ValidationError } from 'class-validator';

export type YamlPath = readonly (string | number)[];

export interface MappingProblem {
  /** As in `entities[2].fields.amount`; empty for the file as a whole. */
  path: string;
  line: number;
  detail: string;
}

/** The mapping cannot be used; the message has one line per problem. */
export class MappingError extends Error {
  constructor(
    file: string,
    readonly problems: readonly MappingProblem[],
  ) {
    super(
      problems
        .map(({ path, line, detail }) => `${file}:${line}: ${path === '' ? '' : `${path}: `}${detail}`)
        .join('\n'),
    );
  }
}

/** A YAML file that is being checked: all its problems are gathered before anything is thrown. */
export class CheckedYaml {
  readonly problems: MappingProblem[] = [];
  readonly content: unknown;
  private readonly document: Document;
  private readonly lines = new LineCounter();

  constructor(
    private readonly file: string,
    text: string,
  ) {
    this.document = parseDocument(text, { lineCounter: this.lines, prettyErrors: false });
    for (const error of this.document.errors) {
      const { line } = this.lines.linePos(error.pos[0]);
      this.problems.push({ path: '', line, detail: error.message });
    }
    this.throwIfWrong();
    this.content = this.document.toJS() as unknown;
  }

  report(path: YamlPath, detail: string): void {
    this.problems.push({ path: pathText(path), line: this.lineOf(path), detail });
  }

  /** Checks a part of the file against a class; null when it is wrong (and reported). */
  checked<T extends object>(type: ClassConstructor<T>, node: unknown, path: YamlPath): T | null {
    if (node === null || typeof node !== 'object' || Array.isArray(node)) {
      this.report(path, 'must be a mapping of names to values');
      return null;
    }
    const instance = plainToInstance(type, node, { exposeDefaultValues: true });
    const errors = validateSync(instance, { whitelist: true, forbidNonWhitelisted: true });
    for (const error of errors) this.reportErrors(error, path);
    return errors.length === 0 ? instance : null;
  }

  /** @throws MappingError when anything was reported. */
  throwIfWrong(): void {
    if (this.problems.length === 0) return;
    throw new MappingError(
      this.file,
      this.problems.toSorted((a, b) => a.line - b.line),
    );
  }

  private reportErrors(error: ValidationError, path: YamlPath): void {
    const at = [...path, error.property];
    for (const [rule, text] of Object.entries(error.constraints ?? {})) {
      if (rule === 'whitelistValidation') this.report(at, 'is not known here');
      else this.report(at, text.replace(new RegExp(`^${error.property} `), ''));
    }
  }

  /** The line of the node at a path, or of the nearest one around it. */
  private lineOf(path: YamlPath): number {
    for (let length = path.length; length >= 0; length--) {
      const node: unknown =
        length === 0 ? this.document.contents : this.document.getIn(path.slice(0, length), true);
      if (isNode(node) && node.range) return this.lines.linePos(node.range[0]).line;
    }
    return 1;
  }
}

const pathText = (path: YamlPath): string =>
  path.reduce<string>((text, part) => {
    if (typeof part === 'number') return `${text}[${part}]`;
    return text === '' ? part : `${text}.${part}`;
  }, '');
