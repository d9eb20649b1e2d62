/** The lines behind a conversion rate: the contracts of the customers who became deals. */
import { decimal, minor } from '../amounts';
import { column, CONTRACT_AMOUNT, RECEIVED_AMOUNT, type Column, type ColumnType } from '../columns';
import { pageOf } from '../paging';
import type { CellQuery } from '../parameters';
import { LINE_LABELS } from '../records/labels';
import type { LineList, RecordsPage } from '../records/list';
import { isoInstant } from '../records/rows';
import type { Run } from '../run';
import { CONTRACTS, CUSTOMERS, DEAL, RECEIVABLES } from '../sources';
import { integer, sql, type Sql } from '../sql';

interface LineRow {
  contractId: string | null;
  number: string | null;
  name: string | null;
  amount: string | null;
  received: string | null;
  orderDate: string | null;
  customerId: string;
  customerName: string;
  customerCreatedAt: string;
  ownerId: string;
}

/** Deal customers of the period with their effective contracts, whoever owns those and whenever. */
function dealsWithContracts(run: Run): Sql {
  const customers = run.from(CUSTOMERS, { where: DEAL });
  const contracts = run.from(CONTRACTS, {
    range: null,
    whose: 'anybody',
    where: sql`customer_id IN (SELECT id ${customers})`,
  });
  const payments = run.from(RECEIVABLES, {
    range: null,
    whose: 'anybody',
    where: sql`contract_id IN (SELECT id ${contracts})`,
  });
  return sql`
    FROM (SELECT id, name, owner_id, created_at ${customers}) AS customers
    LEFT JOIN (SELECT id, customer_id, number, name, amount, order_date ${contracts}) AS contracts
      ON contracts.customer_id = customers.id
    LEFT JOIN (SELECT contract_id, sum(amount) AS received ${payments} GROUP BY contract_id) AS payments
      ON payments.contract_id = contracts.id`;
}

async function readLines(run: Run, cell: CellQuery): Promise<RecordsPage> {
  const { limit, offset } = pageOf(cell, 0);
  const from = dealsWithContracts(run);
  const [org, [totals], lines] = await Promise.all([
    run.org(),
    run.rows<{ count: number; amount: string | null; received: string | null }>(sql`
      SELECT count() AS count, sum(contracts.amount) AS amount, sum(payments.received) AS received ${from}`),
    run.rows<LineRow>(sql`
      SELECT contracts.id AS contractId, contracts.number AS number, contracts.name AS name,
             contracts.amount AS amount, payments.received AS received, contracts.order_date AS orderDate,
             customers.id AS customerId, customers.name AS customerName,
             customers.created_at AS customerCreatedAt, customers.owner_id AS ownerId
      ${from}
      ORDER BY customers.created_at DESC, customers.id DESC,
               contracts.order_date DESC NULLS LAST, contracts.id DESC
      LIMIT ${integer(limit)} OFFSET ${integer(offset)}`),
  ]);
  return {
    rows: lines.map((line) => ({
      entity: 'contract',
      id: line.contractId,
      number: line.number,
      name: line.name,
      customerId: line.customerId,
      customerName: line.customerName,
      contractAmount: line.contractId === null ? null : decimal(minor(line.amount)),
      receivedAmount: line.contractId === null ? null : decimal(minor(line.received)),
      ownerId: line.ownerId,
      ownerName: org.identityOf(line.ownerId).employeeName,
      customerCreatedAt: isoInstant(line.customerCreatedAt),
      orderDate: line.orderDate,
    })),
    totals: {
      count: totals?.count ?? 0,
      contractAmount: decimal(minor(totals?.amount)),
      receivedAmount: decimal(minor(totals?.received)),
    },
    page: pageOf(cell, totals?.count ?? 0),
  };
}

const lineColumn = (key: string, type: ColumnType): Column =>
  column(key, type, ...(LINE_LABELS[key] ?? ([key, key] as const)));

const COLUMNS = [
  lineColumn('id', 'id'),
  lineColumn('number', 'text'),
  lineColumn('name', 'text'),
  column('customerId', 'id', '客户编号', 'Customer id'),
  column('customerName', 'text', '客户', 'Customer'),
  CONTRACT_AMOUNT,
  RECEIVED_AMOUNT,
  column('ownerId', 'id', '负责人编号', 'Owner id'),
  column('ownerName', 'text', '负责人', 'Owner'),
  lineColumn('customerCreatedAt', 'instant'),
  column('orderDate', 'date', '签约日期', 'Order date'),
];

/**
 * One line per effective contract of the bucket's deal customers, and one with empty contract fields
 * for a deal customer without contract; the owner is the customer's.
 */
export const conversionLines = (run: Run): LineList => ({
  columns: COLUMNS,
  readLines: (cell) => readLines(run, cell),
});
