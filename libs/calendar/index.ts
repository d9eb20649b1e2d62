/** The tenant's calendar: zones, days, weeks, windows, presets and buckets. */
export * from './day';
export * from './periods';
export * from './windows';
export { isZoneName, Zone, zoneNamed } from './zone';
