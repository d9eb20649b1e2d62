/** Names under which Nest hands out the engines and what stands around them. */
export const CHANGE_LOG = Symbol('change log');
export const COUNTERS = Symbol('counters');
export const WAREHOUSE = Symbol('warehouse');
export const CONTROL = Symbol('control data');
export const AUTHORITY = Symbol('authority');
export const SETTINGS = Symbol('settings');
export const TENANTS = Symbol('tenants');
export const LOGGER = Symbol('logger');
export const LIFECYCLE = Symbol('lifecycle');
export const HEALTH = Symbol('health');
export const METRICS = Symbol('metrics');
export const REFUSALS = Symbol('refusals');
