/** Who a caller is by what it shows, and for how long that holds. */
import {
  digestOf,
  matches,
  openCaller,
  operatorCaller,
  readToken,
  ROLES,
  type Caller,
  type Identity,
} from '#access';
import { ConfigurationError, type Settings, type Tenants } from '#platform';
import type { ApiKeyRecord, ScreenTokenRecord } from './records';
import type { ControlStore } from './store';
import { claimTicket } from './tickets';

/** The key that the environment gives: all roles, everything in the first tenant. */
interface AdminKey {
  id: string;
  digest: string;
}

const LOOPBACK = /^(localhost|127(\.\d{1,3}){3}|\[?::1\]?)$/i;

export class Authority {
  private readonly admin: AdminKey | null;
  private readonly openAtStart: boolean;

  /**
   * Decides, once, whether this process is open: no key was ever created and none is given.
   * @throws ConfigurationError when it would be open to other machines.
   */
  constructor(
    private readonly store: ControlStore,
    private readonly tenants: Tenants,
    { ADMIN_KEY: given, HOST: host }: Pick<Settings, 'ADMIN_KEY' | 'HOST'>,
  ) {
    this.admin = given ? { id: readToken(given)?.id ?? 'admin', digest: digestOf(given) } : null;
    this.openAtStart = !this.admin && store.ready && store.keys.size === 0;
    if (this.openAtStart && !LOOPBACK.test(host)) {
      throw new ConfigurationError(
        `HOST ${host} is open to other machines, and no API key was ever created: ` +
          'create one (floorboard keys create), give one as ADMIN_KEY, or set HOST to 127.0.0.1',
      );
    }
  }

  get ready(): boolean {
    return this.store.ready;
  }

  /** Open for everybody on this machine: since the start, and until the first key is created anywhere. */
  get open(): boolean {
    return this.openAtStart && this.store.keys.size === 0;
  }

  /** Without keys there is one tenant to speak for: `default`, or the first there is. */
  openCaller(): Caller {
    return openCaller(this.firstTenant);
  }

  /** The operator speaks for the tenant it names, by default for the first. */
  operator(tenant: string | undefined): Caller {
    return operatorCaller(tenant ?? this.firstTenant);
  }

  /** The caller that a key or a screen's token stands for; null when it does not, or no longer. */
  byToken(token: string): Caller | null {
    if (this.admin && matches(token, this.admin.digest)) return this.adminCaller(this.admin);
    const known = readToken(token);
    const record = known && this.recordOf(known.kind, known.id);
    if (!matches(token, record?.digest) || !record) return null;
    if (isOver(record)) return null;
    if (record.kind === 'screen') this.store.lastSeen.note(record);
    return callerOf(record);
  }

  /** Uses up a ticket: the caller that made it, as long as that one may still ask itself. */
  async byTicket(link: { token: string; path: string }): Promise<Caller | null> {
    const known = readToken(link.token);
    if (known?.kind !== 'fbt') return null;
    const ticket = await claimTicket(this.store, known.id, link);
    if (!ticket) return null;
    const { issuer, tenant } = ticket;
    switch (issuer.kind) {
      case 'open':
        return this.open ? this.openCaller() : null;
      case 'operator':
        return this.operator(tenant);
      case 'key':
        return this.byKeyId(issuer.id);
    }
  }

  /** Whether a caller let in before would still be let in. */
  stillValid({ identity }: Caller): boolean {
    switch (identity?.kind) {
      case 'open':
        return this.open;
      case 'key':
        return this.byKeyId(identity.id) !== null;
      case 'screen': {
        const screen = this.store.screens.get(identity.id);
        if (screen === undefined || isOver(screen)) return false;
        // Asked again and again about a stream that is open: the screen is there.
        this.store.lastSeen.note(screen);
        return true;
      }
      default:
        return true;
    }
  }

  private byKeyId(id: string): Caller | null {
    if (this.admin?.id === id) return this.adminCaller(this.admin);
    const key = this.store.keys.get(id);
    return key && !isOver(key) ? callerOf(key) : null;
  }

  private recordOf(kind: string, id: string): ApiKeyRecord | ScreenTokenRecord | undefined {
    if (kind === 'fb') return this.store.keys.get(id);
    return kind === 'fbs' ? this.store.screens.get(id) : undefined;
  }

  private adminCaller({ id }: AdminKey): Caller {
    const identity: Identity = { kind: 'key', id, name: 'ADMIN_KEY', expiresAt: null };
    return { tenant: this.firstTenant, roles: ROLES, permission: 'all', employeeId: null, identity };
  }

  private get firstTenant(): string {
    return this.tenants.has('default') ? 'default' : (this.tenants.all[0]?.id ?? 'default');
  }
}

const isOver = ({ revokedAt, expiresAt }: ApiKeyRecord | ScreenTokenRecord): boolean =>
  revokedAt !== null || (expiresAt !== null && expiresAt <= Date.now());

/** A key without `read` has no data permission: wherever one is asked for it is nobody's own. */
function callerOf(record: ApiKeyRecord | ScreenTokenRecord): Caller {
  const { tenant, id, name, expiresAt } = record;
  if (record.kind === 'screen') {
    const identity: Identity = { kind: 'screen', id, name, expiresAt, scenes: record.scenes };
    return { tenant, roles: ['read'], permission: 'all', employeeId: record.employeeId, identity };
  }
  const { roles, permission, employeeId } = record;
  return {
    tenant,
    roles,
    permission: permission ?? 'self',
    employeeId,
    identity: { kind: 'key', id, name, expiresAt },
  };
}
