/** The columns of lists of records, by the fields that records of each kind have; words as in their files. */
import { VALUE_NAMES } from '../../../../libs/crm/value-names';
import { CONTRACT_AMOUNT, RECEIVED_AMOUNT } from '../../../../libs/reports/columns';
import {
  ADDED,
  closedAs,
  LABELS,
  LINE_LABELS,
  NAMES,
  type Label,
} from '../../../../libs/reports/records/labels';
import type { Column, ColumnType, Names, Row } from '../api/types';
import { label } from '../i18n';

/** In the order of the screen; a list shows those that its records have. */
const FIELDS: readonly (readonly [key: string, type: ColumnType])[] = [
  ['number', 'text'],
  ['name', 'text'],
  ['customerName', 'text'],
  ['contractNumber', 'text'],
  ['contractName', 'text'],
  ['kind', 'choice'],
  ['targetType', 'choice'],
  ['method', 'text'],
  ['direction', 'choice'],
  ['reason', 'choice'],
  ['pipelineName', 'text'],
  ['stageName', 'text'],
  ['endState', 'choice'],
  ['amount', 'money'],
  ['contractAmount', 'money'],
  ['receivedAmount', 'money'],
  ['openAmount', 'money'],
  ['lineQuantity', 'quantity'],
  ['lineAmount', 'money'],
  ['quantity', 'quantity'],
  ['counted', 'count'],
  ['followers', 'count'],
  ['dealStatus', 'choice'],
  ['status', 'choice'],
  ['satisfaction', 'text'],
  ['level', 'text'],
  ['industry', 'text'],
  ['source', 'text'],
  ['province', 'text'],
  ['mobile', 'text'],
  ['phone', 'text'],
  ['ownerName', 'text'],
  ['authorName', 'text'],
  ['creatorName', 'text'],
  ['employeeName', 'text'],
  ['visitorName', 'text'],
  ['applicantName', 'text'],
  ['departmentName', 'text'],
  ['customerCreatedAt', 'instant'],
  ['orderDate', 'date'],
  ['endDate', 'date'],
  ['returnDate', 'date'],
  ['issueDate', 'date'],
  ['plannedDate', 'date'],
  ['expectedDealOn', 'date'],
  ['dealAt', 'instant'],
  ['closedAt', 'instant'],
  ['movedAt', 'instant'],
  ['visitedAt', 'instant'],
  ['nextContactAt', 'instant'],
  ['createdAt', 'instant'],
  ['id', 'id'],
];

/** As files call them. */
const NAMED: Readonly<Record<string, Label>> = {
  ...LABELS,
  ...ADDED,
  ...Object.fromEntries(
    Object.values(NAMES)
      .flat()
      .map(([key, ...label]) => [key, label]),
  ),
};
const OWN: Readonly<Record<string, Names>> = {
  contractAmount: CONTRACT_AMOUNT.label,
  receivedAmount: RECEIVED_AMOUNT.label,
};

function nameOf(key: string, isLine: boolean): Names {
  const [zh, en] = (isLine ? LINE_LABELS[key] : undefined) ?? NAMED[key] ?? [key, key];
  return OWN[key] ?? { 'zh-CN': zh, en };
}

/** Columns for these records: known fields that any of them has a value for; all unknown ones stay out. */
export function recordColumns(rows: readonly Row[]): Column[] {
  const has = (key: string): boolean =>
    rows.some((row) => row[key] !== null && row[key] !== undefined && row[key] !== '');
  const isLine = has('customerCreatedAt');
  return FIELDS.filter(([key]) => has(key)).map(([key, type]) => ({ key, type, label: nameOf(key, isLine) }));
}

/** A value of a closed list in words; one that is not known stands as it is. */
export const choiceName = (field: string, value: string): string =>
  label(VALUE_NAMES[field]?.[value]) || value;

/** Records as they are shown: closed opportunities with their end state for a stage. */
export const inStages = (rows: readonly Row[]): Row[] =>
  rows.map((row) => {
    const closed = closedAs(row);
    return closed === null ? row : { ...row, stageName: choiceName('endState', closed) };
  });
