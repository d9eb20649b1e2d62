import { recordsOf, type RecordList } from '../records/list';
import { percent } from '#metrics';
import { decimal, indexBy, minor, sumOf } from '../amounts';
import { column, CONTRACT_AMOUNT, RECEIVED_AMOUNT } from '../columns';
import { isWithin, orderBy, stretches, type Stretch } from '../keyset';
import type { Org } from '../org';
import { pageOf } from '../paging';
import { PagedQuery } from '../parameters';
import { defineReport } from '../report';
import type { FromOptions, Run } from '../run';
import { CONTRACTS, INVOICES, RECEIVABLES, type Source } from '../sources';
import { integer, keys, raw, sql, text, texts, type Sql } from '../sql';

interface ContractRow {
  id: string;
  number: string;
  name: string;
  customerId: string;
  ownerId: string;
  orderDate: string;
  amount: string;
}

interface Amounts {
  contract: bigint;
  received: bigint;
  invoiced: bigint;
}

/** Effective documents on contracts, whatever their date and owner. */
const onContracts = (run: Run, source: Source, keys: Sql): Sql => run.from(source, onAny(keys));

const onAny = (keys: Sql): FromOptions => ({
  range: null,
  whose: 'anybody',
  where: sql`contract_key IN ${keys}`,
});

const oneContract = (id: string | null): Sql => (id === null ? raw('1') : sql`id = ${text(id)}`);

const documentRecords = (run: Run, source: Source, row: string | null): RecordList =>
  recordsOf(run, source, onAny(sql`(SELECT key ${run.from(CONTRACTS, { where: oneContract(row) })})`));

/** Where a contract of the page is found. */
interface PageKey {
  id: string;
  /** Decimal digits. */
  key: string;
}

/** The page's contracts are found by date and id alone; names and numbers are read of those few only. */
const readPage = (run: Run<PagedQuery>): Promise<PageKey[]> => {
  const { limit, offset } = pageOf(run.query, 0);
  return run.rows<PageKey>(sql`
    SELECT id, toString(key) AS key
    ${run.from(CONTRACTS)} ${orderBy(CONTRACTS.date)} LIMIT ${integer(limit)} OFFSET ${integer(offset)}`);
};

type PageRow = ContractRow & { key: string };

/** One that has changed since the page was found may have left the question. */
function readContracts(run: Run, page: readonly PageKey[]): Promise<PageRow[]> {
  if (page.length === 0) return Promise.resolve([]);
  const ofPage = sql`id IN ${texts(page.map(({ id }) => id))}`;
  return run.rows<PageRow>(sql`
    SELECT toString(key) AS key, id, number, name, customer_id AS customerId, owner_id AS ownerId, order_date AS orderDate, amount
    ${run.from({ ...CONTRACTS, where: [...CONTRACTS.where, ofPage] })} ${orderBy(CONTRACTS.date)}`);
}

/** Names of the contracts' customers by id. */
async function readCustomers(
  run: Run,
  contracts: readonly ContractRow[],
): Promise<ReadonlyMap<string, string>> {
  const ids = [...new Set(contracts.map(({ customerId }) => customerId))].filter((id) => id !== '');
  if (ids.length === 0) return new Map();
  const rows = await run.rows<{ id: string; name: string }>(
    sql`SELECT id, name FROM ${run.newest('customer', sql`id IN ${texts(ids)}`)}`,
  );
  return new Map(rows.map(({ id, name }) => [id, name]));
}

/** The contracts of a page and the names of their customers, each found by its id. */
async function readNamed(run: Run, page: readonly PageKey[]): Promise<(PageRow & Named)[]> {
  const contracts = await readContracts(run, page);
  const names = await readCustomers(run, contracts);
  return contracts.map((contract) => ({ ...contract, customerName: names.get(contract.customerId) ?? null }));
}

interface Named {
  customerName: string | null;
}

interface Paid {
  /** Key of a contract of the page; 0: of all others together. */
  contract: string;
  received: string;
  invoiced: string;
}

/**
 * What was paid and invoiced on the contracts of the question, on each of the page by itself. Both kinds
 * of documents in one pass, so that the contracts they are on are looked up in one set.
 */
function readPaid(run: Run, page: readonly PageKey[]): Promise<Paid[]> {
  const ofAny: FromOptions = { range: null, whose: 'anybody' };
  const ofPage = keys(page.map(({ key }) => key));
  return run.rows<Paid>(sql`
    SELECT toString(if(contract_key IN ${ofPage}, contract_key, 0)) AS contract,
           sum(received) AS received, sum(invoiced) AS invoiced
    FROM (
      SELECT contract_key, amount AS received, toDecimal64(0, 2) AS invoiced ${run.from(RECEIVABLES, ofAny)}
      UNION ALL
      SELECT contract_key, toDecimal64(0, 2) AS received, amount AS invoiced ${run.from(INVOICES, ofAny)}
    )
    WHERE contract_key IN (SELECT key ${run.from(CONTRACTS)})
    GROUP BY contract`);
}

interface Signed {
  count: number;
  amount: string | null;
}

async function readSigned(run: Run): Promise<Signed> {
  const [signed] = await run.rows<Signed>(
    sql`SELECT count() AS count, sum(amount) AS amount ${run.from(CONTRACTS)}`,
  );
  return signed ?? { count: 0, amount: null };
}

const totalsOf = ({ amount }: Signed, paid: readonly Paid[]): Amounts => ({
  contract: minor(amount),
  received: sumOf(paid, ({ received }) => minor(received)),
  invoiced: sumOf(paid, ({ invoiced }) => minor(invoiced)),
});

/** The columns that follow from a contract's amounts, or from their sums. */
function ratios({ contract, received, invoiced }: Amounts, all: bigint): object {
  return {
    contractAmount: decimal(contract),
    amountShare: percent(contract, all),
    receivedAmount: decimal(received),
    receivedRatio: percent(received, contract),
    unreceivedAmount: decimal(contract - received),
    invoicedAmount: decimal(invoiced),
    invoicedRatio: percent(invoiced, contract),
    uninvoicedAmount: decimal(contract - invoiced),
  };
}

function identity(
  { id, number, name, customerId, ownerId, orderDate }: ContractRow,
  org: Org,
  customerName: string | null,
): object {
  const { employeeName, departmentName } = org.identityOf(ownerId);
  return {
    contractId: id,
    number,
    name,
    customerId: customerId || null,
    customerName,
    ownerId,
    ownerName: employeeName,
    departmentName,
    orderDate,
  };
}

/** A contract with what is paid and invoiced on it. */
interface WholeRow extends ContractRow, Named {
  received: string | null;
  invoiced: string | null;
}

/** The contracts of a stretch with all that is known of them, in one statement, for so many ids fit none. */
function readStretch(run: Run, stretch: Stretch): Promise<WholeRow[]> {
  const between = run.from(CONTRACTS, { where: isWithin(CONTRACTS.date, stretch) });
  const paid = (source: Source): Sql => sql`
    SELECT contract_id, sum(amount) AS amount
    ${onContracts(run, source, sql`(SELECT key ${between})`)} GROUP BY contract_id`;
  return run.rows<WholeRow>(sql`
    SELECT id, number, name, customer_id AS customerId, owner_id AS ownerId, order_date AS orderDate,
           contracts.amount AS amount, customers.customerName AS customerName,
           received.amount AS received, invoiced.amount AS invoiced
    FROM (SELECT id, number, name, customer_id, owner_id, order_date, amount ${between}) AS contracts
    LEFT JOIN (${paid(RECEIVABLES)}) AS received ON received.contract_id = contracts.id
    LEFT JOIN (${paid(INVOICES)}) AS invoiced ON invoiced.contract_id = contracts.id
    LEFT JOIN (
      SELECT id AS known, name AS customerName FROM customer FINAL
      WHERE tenant = ${run.tenant} AND id IN (SELECT customer_id ${between})
    ) AS customers ON customers.known = contracts.customer_id
    ${orderBy(CONTRACTS.date)}`);
}

/** Rows made at a time: those of a whole stretch at once would be most of what a file takes of memory. */
const ROWS_AT_ONCE = 500;

async function* allRows(run: Run, org: Org, all: bigint): AsyncGenerator<object[]> {
  for (const stretch of await stretches(run, CONTRACTS.date, run.from(CONTRACTS))) {
    const rows = await readStretch(run, stretch);
    for (let at = 0; at < rows.length; at += ROWS_AT_ONCE) {
      yield rows.slice(at, at + ROWS_AT_ONCE).map((row) => rowOf(row, row.customerName, row, org, all));
    }
  }
}

const rowOf = (
  contract: ContractRow,
  customerName: string | null | undefined,
  { received, invoiced }: { received?: string | null; invoiced?: string | null },
  org: Org,
  all: bigint,
): object => ({
  ...identity(contract, org, customerName ?? null),
  ...ratios({ contract: minor(contract.amount), received: minor(received), invoiced: minor(invoiced) }, all),
});

/**
 * The tour names this table without showing its columns and the open-source edition does not contain
 * it: the definition is this product's own.
 */
export default defineReport({
  id: 'amount-ratio-detail',
  group: 'performance',
  name: { 'zh-CN': '金额比例明细表', en: 'Contracts paid and invoiced' },
  about: {
    'zh-CN': '期间内签约的每份有效合同的金额占比，以及已回款、已开票的金额与比例（不论回款与开票日期）。',
    en: 'Each effective contract by order date: its share of all amounts, and how much of it is paid and invoiced at any date.',
  },
  period: { kind: 'period', standard: 'year' },
  query: PagedQuery,
  paged: true,
  columns: {
    rows: [
      column('contractId', 'id', '合同', 'Contract id'),
      column('number', 'text', '合同编号', 'Contract no.'),
      column('name', 'text', '合同名称', 'Contract'),
      column('customerId', 'id', '客户编号', 'Customer id'),
      column('customerName', 'text', '客户', 'Customer'),
      column('ownerId', 'id', '负责人编号', 'Owner id'),
      column('ownerName', 'text', '负责人', 'Owner'),
      column('departmentName', 'text', '部门', 'Department'),
      column('orderDate', 'date', '签约日期', 'Order date'),
      CONTRACT_AMOUNT,
      column('amountShare', 'percent', '金额占比', 'Share of amount'),
      RECEIVED_AMOUNT,
      column('receivedRatio', 'percent', '回款比例', 'Received'),
      column('unreceivedAmount', 'money', '未回款金额', 'Amount not received'),
      column('invoicedAmount', 'money', '开票金额', 'Amount invoiced'),
      column('invoicedRatio', 'percent', '开票比例', 'Invoiced'),
      column('uninvoicedAmount', 'money', '未开票金额', 'Amount not invoiced'),
    ],
    totals: [
      'contractAmount',
      'amountShare',
      'receivedAmount',
      'receivedRatio',
      'unreceivedAmount',
      'invoicedAmount',
      'invoicedRatio',
      'uninvoicedAmount',
    ],
  },
  charts: ['table'],
  drill: {
    row: 'other',
    records: {
      contractAmount: (run, row) => recordsOf(run, CONTRACTS, { where: oneContract(row) }),
      receivedAmount: (run, row) => documentRecords(run, RECEIVABLES, row),
      invoicedAmount: (run, row) => documentRecords(run, INVOICES, row),
    },
  },
  run: async (run) => {
    const [org, signed, found] = await Promise.all([run.org(), readSigned(run), readPage(run)]);
    const [page, paid] = await Promise.all([readNamed(run, found), readPaid(run, found)]);
    const totals = totalsOf(signed, paid);
    const paidOn = indexBy(paid, ({ contract }) => contract);
    const rows = page.map((contract) =>
      rowOf(contract, contract.customerName, paidOn.get(contract.key) ?? {}, org, totals.contract),
    );
    return { rows, totals: ratios(totals, totals.contract), page: pageOf(run.query, signed.count) };
  },
  whole: async (run) => {
    const [org, signed, paid] = await Promise.all([run.org(), readSigned(run), readPaid(run, [])]);
    const totals = totalsOf(signed, paid);
    return {
      totals: ratios(totals, totals.contract),
      rows: allRows(run, org, totals.contract),
    };
  },
});
