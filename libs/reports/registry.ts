/** All reports, in the order of the catalogue. */
import customerConversion from './customers/customer-conversion';
import contractTargetCompletion from './dashboard/contract-target-completion';
import dashboardFunnel from './dashboard/dashboard-funnel';
import goalCompletionRate from './dashboard/goal-completion-rate';
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
import type { AnyReport } from './report';

export const REPORTS: readonly AnyReport[] = [
  contractTargetCompletion,
  dashboardFunnel,
  goalCompletionRate,
  customerConversion,
  salesFunnel,
  newOpportunities,
  opportunityConversion,
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
