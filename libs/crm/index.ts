/** Records and events of a CRM: one declaration per entity gives types, validation and JSON Schema. */
export * from './entities';
export * from './event';
export { instantMs, isDate, isDecimal, isInstant, isText, isUriReference, subMillisecond } from './formats';
export { checkRecord, compileCheck, recordSchema, type Problem } from './schema';
export { recordsSource } from './typescript';
export { columnName, keyColumn, tableName } from './names';
export type { Field, FieldKind, Fields, Infer, JsonSchema } from './fields';
export { VALUE_NAMES } from './value-names';
