/** All reports, in the order of the catalogue. */
import customerConversion from './customers/customer-conversion';
import customerFollowUp from './customers/customer-follow-up';
import customerTotal from './customers/customer-total';
import dealCycleEmployee from './customers/deal-cycle-employee';
import dealCycleProduct from './customers/deal-cycle-product';
import dealCycleRegion from './customers/deal-cycle-region';
import poolCustomers from './customers/pool-customers';
import satisfactionEmployee from './customers/satisfaction-employee';
import satisfactionProduct from './customers/satisfaction-product';
import contractTargetCompletion from './dashboard/contract-target-completion';
import dashboardFunnel from './dashboard/dashboard-funnel';
import dashboardLeaderboard from './dashboard/dashboard-leaderboard';
import dataSummary from './dashboard/data-summary';
import forgottenCustomers from './dashboard/forgotten-customers';
import goalCompletionRate from './dashboard/goal-completion-rate';
import salesBriefing from './dashboard/sales-briefing';
import newOpportunities from './funnel/new-opportunities';
import opportunityConversion from './funnel/opportunity-conversion';
import salesFunnel from './funnel/sales-funnel';
import goalCompletion from './goals/goal-completion';
import rankBusinessTrips from './leaderboards/rank-business-trips';
import rankContractAmount from './leaderboards/rank-contract-amount';
import rankContractCount from './leaderboards/rank-contract-count';
import rankFollowUps from './leaderboards/rank-follow-ups';
import rankFollowedCustomers from './leaderboards/rank-followed-customers';
import rankNewContacts from './leaderboards/rank-new-contacts';
import rankNewCustomers from './leaderboards/rank-new-customers';
import rankProductQuantity from './leaderboards/rank-product-quantity';
import rankReceivableAmount from './leaderboards/rank-receivable-amount';
import amountRatioDetail from './performance/amount-ratio-detail';
import contractAmountTrend from './performance/contract-amount-trend';
import contractCountTrend from './performance/contract-count-trend';
import contractSummary from './performance/contract-summary';
import invoiceStatistics from './performance/invoice-statistics';
import receivableAmountTrend from './performance/receivable-amount-trend';
import productCategorySales from './products/product-category-sales';
import productSales from './products/product-sales';
import customerCity from './profile/customer-city';
import customerIndustry from './profile/customer-industry';
import customerLevel from './profile/customer-level';
import customerSource from './profile/customer-source';
import type { AnyReport } from './report';

export const REPORTS: readonly AnyReport[] = [
  salesBriefing,
  contractTargetCompletion,
  dataSummary,
  dashboardFunnel,
  goalCompletionRate,
  dashboardLeaderboard,
  forgottenCustomers,
  customerTotal,
  customerFollowUp,
  customerConversion,
  poolCustomers,
  dealCycleEmployee,
  dealCycleRegion,
  dealCycleProduct,
  satisfactionEmployee,
  satisfactionProduct,
  salesFunnel,
  newOpportunities,
  opportunityConversion,
  contractCountTrend,
  contractAmountTrend,
  receivableAmountTrend,
  contractSummary,
  invoiceStatistics,
  amountRatioDetail,
  customerCity,
  customerIndustry,
  customerLevel,
  customerSource,
  productSales,
  productCategorySales,
  goalCompletion,
  rankContractAmount,
  rankReceivableAmount,
  rankContractCount,
  rankNewCustomers,
  rankProductQuantity,
  rankNewContacts,
  rankFollowUps,
  rankFollowedCustomers,
  rankBusinessTrips,
];

const byId = new Map(REPORTS.map((report) => [report.id, report]));

export const reportOf = (id: string): AnyReport | undefined => byId.get(id);

/** Reports whose answers have keys in an order of their own, which `jsonInOrder` keeps. */
const KEYED_IN_ORDER = new Set(
  REPORTS.filter(({ columns }) => columns.rows?.some(({ type }) => type === 'counts')).map(({ id }) => id),
);

export const isKeyedInOrder = (id: string): boolean => KEYED_IN_ORDER.has(id);
