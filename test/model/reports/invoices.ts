/** What was invoiced and received: `invoice-statistics` and `amount-ratio-detail`. */
import type { Contract } from '#crm';
import { narrow, type Range } from '../dates';
import { compareText, decimal, hundredths, percent, sum, sumOf } from '../exact';
import type { Question, ReportModel, Row } from '../question';
import {
  contractsOrdered,
  invoicesIssued,
  invoicesOn,
  receivablesOn,
  receivablesReturned,
} from '../selections';
import { bucketSeries, paged, recordSet } from '../tables';

const amount = (documents: { amount: string }[]): bigint => sumOf(documents, (document) => document.amount);

interface OnContract {
  contractId?: string | null;
  amount: string;
}

/**
 * Σ over contracts of what these documents exceed the opposite ones by, never less than 0. The contract
 * is a mere link: it need not be known or effective. A document without contract counts in full.
 */
function excess(documents: OnContract[], opposite: (contractId: string) => { amount: string }[]): bigint {
  const linked = documents.map((document) => document.contractId).filter((id) => typeof id === 'string');
  const perContract = [...new Set(linked)].map((id) => {
    const over = amount(documents.filter((d) => d.contractId === id)) - amount(opposite(id));
    return over > 0n ? over : 0n;
  });
  return sum(perContract) + amount(documents.filter((d) => typeof d.contractId !== 'string'));
}

function month(q: Question, range: Range): Row {
  const receivables = receivablesReturned(q, q.scope.people, range);
  const invoices = invoicesIssued(q, q.scope.people, range);
  return {
    receivedAmount: decimal(amount(receivables)),
    invoicedAmount: decimal(amount(invoices)),
    invoicedNotReceived: decimal(excess(invoices, (id) => receivablesOn(q, id))),
    receivedNotInvoiced: decimal(excess(receivables, (id) => invoicesOn(q, id))),
  };
}

export const invoiceStatistics: ReportModel = {
  answer(q) {
    const { receivedAmount, invoicedAmount } = month(q, q.period);
    return {
      period: q.period,
      series: bucketSeries(q, (range) => month(q, range)),
      headline: { receivedAmount, invoicedAmount },
    };
  },
  records(q, { column, bucket }) {
    const range = narrow(q.period, bucket);
    if (column === 'receivedAmount') {
      return recordSet('receivable', receivablesReturned(q, q.scope.people, range));
    }
    return column === 'invoicedAmount'
      ? recordSet('invoice', invoicesIssued(q, q.scope.people, range))
      : null;
  },
};

/** Newest order date first, then the greater id. */
const ratioContracts = (q: Question): Contract[] =>
  contractsOrdered(q, q.scope.people, q.period).sort(
    (a, b) => compareText(b.orderDate ?? '', a.orderDate ?? '') || compareText(b.id, a.id),
  );

function ratioColumns(contracted: bigint, received: bigint, invoiced: bigint, all: bigint): Row {
  return {
    contractAmount: decimal(contracted),
    amountShare: percent(contracted, all),
    receivedAmount: decimal(received),
    receivedRatio: percent(received, contracted),
    unreceivedAmount: decimal(contracted - received),
    invoicedAmount: decimal(invoiced),
    invoicedRatio: percent(invoiced, contracted),
    uninvoicedAmount: decimal(contracted - invoiced),
  };
}

function ratioRow(q: Question, contract: Contract, all: bigint): Row {
  const owner = q.world.get('employee', contract.ownerId);
  return {
    contractId: contract.id,
    number: contract.number,
    name: contract.name,
    customerId: contract.customerId ?? null,
    customerName: q.world.get('customer', contract.customerId)?.name ?? null,
    ownerId: contract.ownerId,
    ownerName: owner?.name ?? null,
    departmentName: q.world.get('department', owner?.departmentId)?.name ?? null,
    orderDate: contract.orderDate,
    ...ratioColumns(
      hundredths(contract.amount),
      amount(receivablesOn(q, contract.id)),
      amount(invoicesOn(q, contract.id)),
      all,
    ),
  };
}

export const amountRatioDetail: ReportModel = {
  answer(q) {
    const contracts = ratioContracts(q);
    const all = amount(contracts);
    const received = amount(contracts.flatMap((contract) => receivablesOn(q, contract.id)));
    const invoiced = amount(contracts.flatMap((contract) => invoicesOn(q, contract.id)));
    return {
      period: q.period,
      ...paged(
        contracts.map((contract) => ratioRow(q, contract, all)),
        q.params,
      ),
      totals: ratioColumns(all, received, invoiced, all),
    };
  },
  records(q, { column, row }) {
    const contracts = ratioContracts(q).filter((contract) => row === undefined || contract.id === row);
    switch (column) {
      case 'contractAmount':
        return recordSet('contract', contracts);
      case 'receivedAmount':
        return recordSet(
          'receivable',
          contracts.flatMap((contract) => receivablesOn(q, contract.id)),
        );
      case 'invoicedAmount':
        return recordSet(
          'invoice',
          contracts.flatMap((contract) => invoicesOn(q, contract.id)),
        );
      default:
        return null;
    }
  },
};
