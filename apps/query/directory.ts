/**
 * Names, trees and targets of each tenant, as the counters hold them: read once, kept in memory,
 * read again when an employee, department or goal changes. Boards so need no warehouse.
 */
import { Inject, Injectable } from '@nestjs/common';
import type { Counters } from '#counters';
import type { Department, Employee, Goal } from '#crm';
import { COUNTERS } from '#engines';
import { CALENDAR_ENTITY, CALENDAR_ID } from '#pipeline';
import { Org } from '#reports';

export interface Directory {
  org: Org;
  goals: ReadonlyMap<string, Goal>;
  /** Zone the live counters were counted in; null while they do not say. */
  zone: string | null;
}

@Injectable()
export class Directories {
  private readonly loaded = new Map<string, Promise<Directory>>();

  constructor(@Inject(COUNTERS) private readonly counters: Counters) {
    counters.onTouched((touched) => {
      for (const { tenant, references } of touched) if (references.length > 0) this.loaded.delete(tenant);
    });
  }

  /** The tenant's directory as of its last change. */
  of(tenant: string): Promise<Directory> {
    let directory = this.loaded.get(tenant);
    if (!directory) {
      directory = this.load(tenant);
      this.loaded.set(tenant, directory);
      // A failed read must not stay: the next question tries again.
      directory.catch(() => this.loaded.delete(tenant));
    }
    return directory;
  }

  private async load(tenant: string): Promise<Directory> {
    const read = async <T>(entity: string): Promise<Map<string, T>> => {
      const stored = await this.counters.references(tenant, entity);
      return new Map([...stored].map(([id, json]) => [id, JSON.parse(json) as T]));
    };
    const [employees, departments, goals, calendar] = await Promise.all([
      read<Employee>('employee'),
      read<Department>('department'),
      read<Goal>('goal'),
      read<{ zone: string }>(CALENDAR_ENTITY),
    ]);
    return {
      org: new Org(withNulls(employees, 'departmentId', 'managerId'), withNulls(departments, 'parentId')),
      goals,
      zone: calendar.get(CALENDAR_ID)?.zone ?? null,
    };
  }
}

/** Optional fields that are absent are null, as the organisation knows them. */
function withNulls<T extends object, K extends keyof T>(
  records: Map<string, T>,
  ...fields: K[]
): Map<string, T & Record<K, Exclude<T[K], undefined>>> {
  for (const record of records.values()) {
    for (const field of fields) record[field] ??= null as T[K];
  }
  return records as Map<string, T & Record<K, Exclude<T[K], undefined>>>;
}
