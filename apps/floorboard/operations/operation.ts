/**
 * What only whoever may use the data folder, or the servers themselves, can do: across tenants, and
 * with what HTTP does not offer. An operation runs where the engines are open: in the process that
 * serves the folder, asked over its socket, or in the command line itself.
 */
import type { RunningProcess } from '#engines';
import type { ControlStore } from '#control';
import type { Engines } from '#engines';
import type { Logger, Settings, Tenants } from '#platform';

export interface OperationContext {
  engines: Engines;
  control: ControlStore;
  tenants: Tenants;
  settings: Settings;
  logger: Logger;
}

/** Told on the way; what it says is the operation's own. */
export type Tell = (progress: object) => void;

export type Operation = (context: OperationContext, args: unknown, tell: Tell) => Promise<object>;

/** What the caller has to put right; the message says how. */
export class OperationRefused extends Error {}

export const contextOf = ({
  engines,
  control,
  tenants,
  settings,
  logger,
}: RunningProcess): OperationContext => ({ engines, control, tenants, settings, logger });
