/** How entities and fields are called in the warehouse: lower case with underscores. */

/** Table of an entity's current states: `receivable-plan` is `receivable_plan`. */
export const tableName = (entity: string): string => entity.replaceAll('-', '_');

/** Column of a field: `ownerId` is `owner_id`. */
export const columnName = (field: string): string =>
  field.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);

/** Column of the hash of an id: `id` has `key`, `customerId` has `customer_key`. 0 stands for none. */
export const keyColumn = (field: string): string =>
  field === 'id' ? 'key' : columnName(field).replace(/_id$/, '_key');
