/** How many changes were not newer than what was held, by tenant and by who sent them. */
export interface StaleCount {
  tenant: string;
  source: string;
  count: number;
}

export class StaleCounts {
  private readonly counts = new Map<string, Map<string, number>>();

  add(tenant: string, source: string, count = 1): void {
    let ofTenant = this.counts.get(tenant);
    if (!ofTenant) this.counts.set(tenant, (ofTenant = new Map<string, number>()));
    ofTenant.set(source, (ofTenant.get(source) ?? 0) + count);
  }

  addAll(others: StaleCounts): void {
    for (const { tenant, source, count } of others.list()) this.add(tenant, source, count);
  }

  list(): StaleCount[] {
    return [...this.counts].flatMap(([tenant, sources]) =>
      [...sources].map(([source, count]) => ({ tenant, source, count })),
    );
  }
}
