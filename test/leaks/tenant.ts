/** A tenant under test. */
import type { CloudEvent } from '#crm';
import { World, type ModelCaller } from '../model';
import { sightOf, type Sight } from './sight';

export class TenantUnderTest {
  /** Everything that was published. */
  readonly events: CloudEvent[] = [];
  /** Ids of keys and screens, which other tenants try to end. */
  readonly secrets: { path: string }[] = [];
  /** Paths of what could not be taken. */
  readonly letters: string[] = [];
  boardVisibility: 'everybody' | 'permission' = 'everybody';
  private held: Look | null = null;

  constructor(
    readonly id: string,
    readonly timeZone: string,
    readonly today: string,
    readonly admin: string,
  ) {}

  /** The records after everything that was published. */
  get world(): World {
    return this.look().world;
  }

  /** `entity/id` of the records that go by an id. */
  get recordsById(): ReadonlyMap<string, string[]> {
    return this.look().byId;
  }

  /** What a reader may see. */
  sight(caller: ModelCaller | null): Sight {
    const { sights, world } = this.look();
    const asked = caller ?? NOBODY;
    const key = JSON.stringify(asked);
    const sight = sights.get(key) ?? sightOf(world, asked);
    sights.set(key, sight);
    return sight;
  }

  /** A key's own employee and department, which it is told even when it may see nobody's numbers. */
  ownRecords(caller: ModelCaller | null): string[] {
    const { world } = this.look();
    const own = world.get('employee', caller?.employeeId);
    return own ? [`employee/${own.id}`, `department/${own.departmentId ?? ''}`] : [];
  }

  private look(): Look {
    if (this.held?.events !== this.events.length) {
      const world = World.after(this.events);
      const byId = new Map<string, string[]>();
      for (const { entity, data } of world.records()) {
        byId.set(data.id, [...(byId.get(data.id) ?? []), `${entity}/${data.id}`]);
      }
      this.held = { events: this.events.length, world, byId, sights: new Map() };
    }
    return this.held;
  }
}

const NOBODY: ModelCaller = { permission: 'self', employeeId: null };

/** What follows from so many events. */
interface Look {
  events: number;
  world: World;
  byId: ReadonlyMap<string, string[]>;
  sights: Map<string, Sight>;
}
