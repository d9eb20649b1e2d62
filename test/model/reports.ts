/**
 * The oracle: every report of the metric catalogue computed slowly and plainly from the newest version
 * of every record. Written from the documents alone, so that it can disagree with the product.
 */
import { BOARD_IDS } from './boards';
import {
  ask,
  type Answer,
  type Cell,
  type ModelContext,
  type RecordSet,
  type ReportModel,
  type ReportParams,
} from './question';
import { dashboardLeaderboard, leaderboard } from './reports/boards';
import { salesBriefing } from './reports/briefing';
import { customerConversion, customerFollowUp, customerTotal, poolCustomers } from './reports/customers';
import { dealCycleEmployee, dealCycleProduct, dealCycleRegion } from './reports/deal-cycle';
import { forgottenCustomers } from './reports/forgotten';
import { dashboardFunnel, newOpportunities, opportunityConversion, salesFunnel } from './reports/funnel';
import { amountRatioDetail, invoiceStatistics } from './reports/invoices';
import { productCategorySales, productSales } from './reports/products';
import { customerCity, customerIndustry, customerLevel, customerSource } from './reports/profile';
import { satisfactionEmployee, satisfactionProduct } from './reports/satisfaction';
import { dataSummary } from './reports/summary';
import { contractTargetCompletion, goalCompletion, goalCompletionRate } from './reports/targets';
import {
  contractAmountTrend,
  contractCountTrend,
  contractSummary,
  receivableAmountTrend,
} from './reports/trends';
import type { World } from './world';

const MODELS: Readonly<Record<string, ReportModel>> = {
  'sales-briefing': salesBriefing,
  'contract-target-completion': contractTargetCompletion,
  'data-summary': dataSummary,
  'dashboard-funnel': dashboardFunnel,
  'goal-completion-rate': goalCompletionRate,
  'dashboard-leaderboard': dashboardLeaderboard,
  'forgotten-customers': forgottenCustomers,
  'customer-total': customerTotal,
  'customer-follow-up': customerFollowUp,
  'customer-conversion': customerConversion,
  'pool-customers': poolCustomers,
  'deal-cycle-employee': dealCycleEmployee,
  'deal-cycle-region': dealCycleRegion,
  'deal-cycle-product': dealCycleProduct,
  'satisfaction-employee': satisfactionEmployee,
  'satisfaction-product': satisfactionProduct,
  'sales-funnel': salesFunnel,
  'new-opportunities': newOpportunities,
  'opportunity-conversion': opportunityConversion,
  'contract-count-trend': contractCountTrend,
  'contract-amount-trend': contractAmountTrend,
  'receivable-amount-trend': receivableAmountTrend,
  'contract-summary': contractSummary,
  'invoice-statistics': invoiceStatistics,
  'amount-ratio-detail': amountRatioDetail,
  'customer-city': customerCity,
  'customer-industry': customerIndustry,
  'customer-level': customerLevel,
  'customer-source': customerSource,
  'product-sales': productSales,
  'product-category-sales': productCategorySales,
  'goal-completion': goalCompletion,
  ...Object.fromEntries(BOARD_IDS.map((board) => [board, leaderboard(board)])),
};

/** The ids of all 41 reports. */
export const REPORT_IDS: readonly string[] = Object.keys(MODELS);

function modelOf(report: string): ReportModel {
  const model = MODELS[report];
  if (!model) throw new Error(`no such report: ${report}`);
  return model;
}

/**
 * A report's answer, without `freshness`. Parameters are taken to be valid.
 * @throws NotFound where the API answers 404
 */
export function naiveReport(world: World, report: string, params: ReportParams, ctx: ModelContext): Answer {
  return { report, ...modelOf(report).answer(ask(world, report, params, ctx)) };
}

/**
 * The records behind a number (drill-down); null where a number opens no list.
 * @throws NotFound, Forbidden where the API answers 404, 403
 */
export function naiveRecords(
  world: World,
  report: string,
  { column, bucket, row, ...params }: ReportParams & Cell,
  ctx: ModelContext,
): RecordSet | null {
  return modelOf(report).records(ask(world, report, params, ctx), { column, bucket, row });
}
