import { recordsOf, type RecordList } from '../records/list';
import { percent } from '#metrics';
import { decimal, minor } from '../amounts';
import { column, CONTRACT_AMOUNT, RECEIVED_AMOUNT } from '../columns';
import { FILE_PAGE, isAfter, orderBy, pages, type Place } from '../keyset';
import type { Org } from '../org';
import { pageOf } from '../paging';
import { PagedQuery } from '../parameters';
import { defineReport } from '../report';
import type { FromOptions, Run } from '../run';
import { CONTRACTS, INVOICES, RECEIVABLES, type Source } from '../sources';
import { integer, NOTHING, raw, sql, text, texts, type Sql } from '../sql';

interface ContractRow {
  id: string;
  number: string;
  name: string;
  customerId: string;
  ownerId: string;
  orderDate: string;
  amount: string;
}

/** What is known of a contract on the page: its customer's name, or what was paid or invoiced on it. */
interface DetailRow {
  kind: 'contract' | 'received' | 'invoiced' | 'customer';
  id: string;
  value: string;
}

/** Which contracts and customers details are wanted of, as sets of ids. */
interface Wanted {
  contracts: Sql;
  customers: Sql;
}

type Details = (kind: DetailRow['kind'], id: string) => string | undefined;

interface Amounts {
  contract: bigint;
  received: bigint;
  invoiced: bigint;
}

/** Effective documents on contracts, whatever their date and owner. */
const onContracts = (run: Run, source: Source, ids: Sql): Sql => run.from(source, onAny(ids));

const onAny = (ids: Sql): FromOptions => ({
  range: null,
  whose: 'anybody',
  where: sql`contract_id IN ${ids}`,
});

const oneContract = (id: string | null): Sql => (id === null ? raw('1') : sql`id = ${text(id)}`);

const documentRecords = (run: Run, source: Source, row: string | null): RecordList =>
  recordsOf(run, source, onAny(sql`(SELECT id ${run.from(CONTRACTS, { where: oneContract(row) })})`));

const readContracts = (run: Run, where: Sql, limit: number, offset: number): Promise<ContractRow[]> =>
  run.rows<ContractRow>(sql`
    SELECT id, number, name, customer_id AS customerId, owner_id AS ownerId, order_date AS orderDate, amount
    ${run.from(CONTRACTS, { where })} ${orderBy(CONTRACTS.date)}
    LIMIT ${integer(limit)} OFFSET ${integer(offset)}`);

async function readTotals(run: Run): Promise<Amounts & { count: number }> {
  const ids = sql`(SELECT id ${run.from(CONTRACTS)})`;
  const [[contracts], [received], [invoiced]] = await Promise.all([
    run.rows<{ count: number; amount: string }>(
      sql`SELECT count() AS count, sum(amount) AS amount ${run.from(CONTRACTS)}`,
    ),
    run.rows<{ amount: string }>(sql`SELECT sum(amount) AS amount ${onContracts(run, RECEIVABLES, ids)}`),
    run.rows<{ amount: string }>(sql`SELECT sum(amount) AS amount ${onContracts(run, INVOICES, ids)}`),
  ]);
  return {
    count: contracts?.count ?? 0,
    contract: minor(contracts?.amount),
    received: minor(received?.amount),
    invoiced: minor(invoiced?.amount),
  };
}

/** Values by kind and id; `more` adds kinds. */
async function readDetails(
  run: Run,
  { contracts, customers }: Wanted,
  more: Sql = NOTHING,
): Promise<Details> {
  const rows = await run.rows<DetailRow>(sql`
    SELECT 'received' AS kind, contract_id AS id, toString(sum(amount)) AS value
    ${onContracts(run, RECEIVABLES, contracts)} GROUP BY contract_id
    UNION ALL
    SELECT 'invoiced' AS kind, contract_id AS id, toString(sum(amount)) AS value
    ${onContracts(run, INVOICES, contracts)} GROUP BY contract_id
    UNION ALL
    SELECT 'customer' AS kind, id, name AS value
    FROM customer FINAL WHERE tenant = ${run.tenant} AND id IN ${customers}
    ${more}`);
  const values = new Map(rows.map(({ kind, id, value }) => [`${kind}/${id}`, value]));
  return (kind, id) => values.get(`${kind}/${id}`);
}

const ofContracts = (contracts: readonly ContractRow[]): Wanted => ({
  contracts: texts(contracts.map(({ id }) => id)),
  customers: texts([...new Set(contracts.map(({ customerId }) => customerId))]),
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
  customerName: string | undefined,
): object {
  const { employeeName, departmentName } = org.identityOf(ownerId);
  return {
    contractId: id,
    number,
    name,
    customerId: customerId || null,
    customerName: customerName ?? null,
    ownerId,
    ownerName: employeeName,
    departmentName,
    orderDate,
  };
}

const rowOf = (contract: ContractRow, details: Details, org: Org, all: bigint): object => ({
  ...identity(contract, org, details('customer', contract.customerId)),
  ...ratios(
    {
      contract: minor(contract.amount),
      received: minor(details('received', contract.id)),
      invoiced: minor(details('invoiced', contract.id)),
    },
    all,
  ),
});

/** Ids named one by one in a statement. */
const NAMED_CONTRACTS = 500;

/**
 * Details of a long page: of all contracts between two places, for so many ids fit no statement. A
 * contract that has left its place since the page was read is asked for by its id.
 */
async function detailsBetween(run: Run, after: Place | null, page: readonly ContractRow[]): Promise<Details> {
  const place = (row: ContractRow | undefined): Place => ({ at: row?.orderDate ?? '', id: row?.id ?? '' });
  const within = sql`${isAfterPlace(after)} AND NOT ${isAfter(CONTRACTS.date, place(page.at(-1)))}`;
  const between = run.from(CONTRACTS, { where: within });
  const wanted = {
    contracts: sql`(SELECT id ${between})`,
    customers: sql`(SELECT customer_id ${between})`,
  };
  const stillThere = sql`UNION ALL SELECT 'contract' AS kind, id, '' AS value ${between}`;
  const found = [await readDetails(run, wanted, stillThere)];
  const moved = page.filter(({ id }) => found[0]?.('contract', id) === undefined);
  for (let at = 0; at < moved.length; at += NAMED_CONTRACTS) {
    found.push(await readDetails(run, ofContracts(moved.slice(at, at + NAMED_CONTRACTS))));
  }
  return (kind, id) => found.map((details) => details(kind, id)).find((value) => value !== undefined);
}

const isAfterPlace = (place: Place | null): Sql =>
  place === null ? raw('1') : isAfter(CONTRACTS.date, place);

async function* allRows(run: Run, org: Org, all: bigint): AsyncGenerator<object[]> {
  let after: Place | null = null;
  const read = (place: Place | null): Promise<ContractRow[]> =>
    readContracts(run, isAfterPlace(place), FILE_PAGE, 0);
  const placeOf = ({ orderDate, id }: ContractRow): Place => ({ at: orderDate, id });
  for await (const page of pages(read, placeOf)) {
    const details = await detailsBetween(run, after, page);
    yield page.map((contract) => rowOf(contract, details, org, all));
    const last = page.at(-1);
    if (last) after = placeOf(last);
  }
}

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
    const { limit, offset } = pageOf(run.query, 0);
    const [org, totals, page] = await Promise.all([
      run.org(),
      readTotals(run),
      readContracts(run, raw('1'), limit, offset),
    ]);
    const details = await readDetails(run, ofContracts(page));
    return {
      rows: page.map((contract) => rowOf(contract, details, org, totals.contract)),
      totals: ratios(totals, totals.contract),
      page: pageOf(run.query, totals.count),
    };
  },
  whole: async (run) => {
    const [org, totals] = await Promise.all([run.org(), readTotals(run)]);
    return {
      totals: ratios(totals, totals.contract),
      rows: allRows(run, org, totals.contract),
    };
  },
});
