/** What the demo's CRM holds: the newest state of the records the demo goes on working with. */
import type { CloudEvent, Contract, Customer, Department, Employee, Opportunity, Product } from '#crm';

export class World {
  readonly departments = new Map<string, Department>();
  readonly employees = new Map<string, Employee>();
  readonly products = new Map<string, Product>();
  readonly customers = new Map<string, Customer>();
  readonly opportunities = new Map<string, Opportunity>();
  readonly contracts = new Map<string, Contract>();

  private readonly byEntity: Record<string, Map<string, unknown> | undefined> = {
    department: this.departments,
    employee: this.employees,
    product: this.products,
    customer: this.customers,
    opportunity: this.opportunities,
    contract: this.contracts,
  };

  /** Takes over the state an event carries. */
  see({ type, subject, data }: CloudEvent): void {
    this.byEntity[type.split('.')[1] ?? '']?.set(subject, data);
  }

  /** The people who sell: everyone with a manager. */
  get sellers(): Employee[] {
    return [...this.employees.values()].filter(({ managerId }) => managerId);
  }
}
