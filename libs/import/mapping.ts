/** The mapping file: which CSV files there are, and how their rows become records. */
import { readFileSync } from 'node:fs';
import { basename } from 'node:path';
import {
  IsArray,
  IsDefined,
  IsIn,
  IsInt,
  IsObject,
  IsOptional,
  IsString,
  Length,
  Matches,
  Max,
  Min,
  ArrayNotEmpty,
} from 'class-validator';
import { ENTITY_NAMES, type EntityName } from '#crm';
import { CheckedYaml, MappingError } from './problems';

const KEBAB = /^[a-z0-9]+(-[a-z0-9]+)*$/;

/** One CSV file. */
export class FileSpec {
  /** Below the folder that is imported. */
  @IsString()
  path!: string;

  @Length(1, 1, { message: 'must be one character' })
  delimiter = ',';

  /** As the WHATWG encoding standard names it, e.g. utf-8 or gb18030. */
  @IsString()
  encoding = 'utf-8';
}

/** The records of one entity. Expressions are described in `expression.ts`. */
export class EntitySpec {
  @IsIn(ENTITY_NAMES, { message: `must be one of ${ENTITY_NAMES.join(', ')}` })
  entity!: EntityName;

  /** Name of the file whose rows become records; absent: one record that needs no row. */
  @IsOptional()
  @IsString()
  from?: string;

  /** Only rows that meet these conditions. */
  @IsOptional()
  @IsObject()
  where?: Record<string, unknown>;

  /** One record per different value of this column; its first row stands for it. Empty values make none. */
  @IsOptional()
  @IsString()
  distinct?: string;

  /** The event's verb. */
  @Matches(KEBAB, { message: 'must be kebab-case' })
  verb = 'imported';

  @IsDefined({ message: 'is missing' })
  id!: unknown;

  /** The date (or instant) of the newest thing the record's state says: it becomes the record's version. */
  @IsDefined({ message: 'is missing' })
  time!: unknown;

  @IsObject({ message: 'must be a mapping of field names to values' })
  fields!: Record<string, unknown>;
}

class MappingSpec {
  @Matches(KEBAB, { message: 'must be kebab-case' })
  name!: string;

  /** The events' `source`; `import:<name>` where absent. */
  @IsOptional()
  @IsString()
  source?: string;

  /** Local time at which a date becomes an instant. */
  @Matches(/^([01]\d|2[0-3]):[0-5]\d$/, { message: 'must be a time of day, HH:MM' })
  timeOfDay = '10:00';

  /** Raise it after a correction that changes no date: it is added to every version, in microseconds. */
  @IsInt()
  @Min(0)
  @Max(999)
  revision = 0;

  @IsObject({ message: 'must be a mapping of names to files' })
  files!: Record<string, unknown>;

  /** Values that do not depend on a row, by name. */
  @IsObject()
  values: Record<string, unknown> = {};

  @IsArray({ message: 'must be a list' })
  @ArrayNotEmpty()
  entities!: unknown[];
}

/** A mapping whose structure is right; its expressions are compiled when the files are there. */
export interface Mapping {
  name: string;
  source: string;
  /** Minutes after midnight. */
  timeOfDay: number;
  revision: number;
  files: ReadonlyMap<string, FileSpec>;
  values: Record<string, unknown>;
  entities: EntitySpec[];
  /** Where problems that show later are reported. */
  yaml: CheckedYaml;
}

/** @throws MappingError naming path and line of everything that is wrong. */
export function loadMapping(path: string): Mapping {
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (error) {
    throw new MappingError(path, [{ path: '', line: 1, detail: (error as Error).message }]);
  }
  return parseMapping(text, basename(path));
}

/** A mapping from its text; `name` stands for the file in messages. */
export function parseMapping(text: string, name: string): Mapping {
  const yaml = new CheckedYaml(name, text);
  const spec = yaml.checked(MappingSpec, yaml.content, []);
  yaml.throwIfWrong();
  const { files, entities, ...rest } = spec!;
  const checkedFiles = Object.entries(files).map(
    ([file, node]) => [file, yaml.checked(FileSpec, node, ['files', file])] as const,
  );
  const checkedEntities = entities.map((node, i) => yaml.checked(EntitySpec, node, ['entities', i]));
  yaml.throwIfWrong();
  const [hours, minutes] = rest.timeOfDay.split(':').map(Number);
  return {
    name: rest.name,
    source: rest.source ?? `import:${rest.name}`,
    timeOfDay: hours! * 60 + minutes!,
    revision: rest.revision,
    files: new Map(checkedFiles.map(([file, checked]) => [file, checked!])),
    values: rest.values,
    entities: checkedEntities.map((entity) => entity!),
    yaml,
  };
}
