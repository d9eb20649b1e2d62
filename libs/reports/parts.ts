/** Rows about the parts of tables, by table, each table's in their order. */
export function partsByTable<T extends { table: string }>(rows: readonly T[]): Map<string, T[]> {
  const tables = new Map<string, T[]>();
  for (const row of rows) {
    const parts = tables.get(row.table);
    if (parts) parts.push(row);
    else tables.set(row.table, [row]);
  }
  return tables;
}
