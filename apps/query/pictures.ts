/** Pictures of employees, from the hosts that their tenant allows; without an allowed one there is none. */
import { Inject, Injectable } from '@nestjs/common';
import { settingsOf, type ControlStore } from '#control';
import type { Employee } from '#crm';
import { CONTROL, SETTINGS, TENANTS } from '#engines';
import type { Settings, Tenants } from '#platform';
import type { Org } from '#reports';

/** Beside an employee's name; absent where there is no picture to show. */
export interface Pictured {
  avatarUrl?: string;
}

@Injectable()
export class Pictures {
  constructor(
    @Inject(CONTROL) private readonly store: ControlStore,
    @Inject(SETTINGS) private readonly settings: Settings,
    @Inject(TENANTS) private readonly tenants: Tenants,
  ) {}

  /** For the employees of a tenant, by id. */
  of(tenant: string, { employees }: Org): (employeeId: string | null) => Pictured {
    const allowed = new Set(this.hostsOf(tenant));
    return (id) => {
      // The organisation holds the records as they were published.
      const { avatarUrl } = ((id !== null && employees.get(id)) || {}) as Partial<Employee>;
      return avatarUrl != null && allowed.has(hostOf(avatarUrl)) ? { avatarUrl } : {};
    };
  }

  /** Hosts that pictures of any tenant may come from: a page learns only later whose it is. */
  get hosts(): string[] {
    return [...new Set(this.tenants.all.flatMap(({ id }) => this.hostsOf(id)))].sort();
  }

  private hostsOf(id: string): readonly string[] {
    const tenant = this.tenants.get(id);
    return tenant ? settingsOf(this.store, tenant, this.settings).imageHosts : [];
  }
}

/** A URL's host with its port where that is not the usual one; empty for any but an `https:` URL. */
function hostOf(url: string): string {
  const parsed = URL.parse(url);
  return parsed?.protocol === 'https:' ? parsed.host : '';
}
