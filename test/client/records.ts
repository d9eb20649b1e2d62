/** One record of each entity, typed by the client's own declarations: the compiler says when one is missing. */
import type { EntityName, Records } from '../../libs/client';

const AT = '2026-05-20T09:00:00.000Z';
const OWNED = { ownerId: 'e1', creatorId: 'e1', createdAt: AT };

export const RECORDS: { readonly [E in EntityName]: Records[E] } = {
  employee: { id: 'e1', name: 'Ann Lee', departmentId: 'd1', managerId: null, status: 'active' },
  department: { id: 'd1', name: 'Sales' },
  customer: { id: 'c1', name: 'Acme', ...OWNED, dealStatus: 'deal', dealAt: AT, province: '浙江' },
  contact: { id: 'p1', name: 'Bo', customerId: 'c1', ...OWNED },
  pipeline: { id: 'pl1', name: 'Standard', enabled: true, stages: [{ id: 's1', name: 'First', order: 1 }] },
  opportunity: {
    ...{ id: 'o1', name: 'Desks', customerId: 'c1', ...OWNED, pipelineId: 'pl1', stageId: 's1' },
    ...{ endState: 'won', amount: '1200.00', closedAt: AT },
  },
  contract: {
    ...{ id: 'k1', number: 'C-1', name: 'Desks', customerId: 'c1', ownerId: 'e1', orderDate: '2026-05-20' },
    ...{ amount: '1200.00', status: 'approved' },
    lines: [{ productId: 'x1', quantity: '2', subtotal: '1200.00' }],
  },
  receivable: {
    ...{ id: 'r1', contractId: 'k1', planId: 'rp1', ownerId: 'e1', returnDate: '2026-05-21' },
    ...{ amount: '200.00', status: 'no-approval' },
  },
  'receivable-plan': {
    ...{ id: 'rp1', contractId: 'k1', ownerId: 'e1', plannedDate: '2026-05-22', amount: '1200.00' },
  },
  invoice: {
    ...{ id: 'i1', contractId: 'k1', ownerId: 'e1', amount: '200.00', status: 'approved' },
    ...{ issued: true, issueDate: '2026-05-22' },
  },
  product: { id: 'x1', name: 'Desk', categoryId: 'pc1', status: 'on-shelf' },
  'product-category': { id: 'pc1', name: 'Furniture', parentId: null },
  activity: {
    ...{ id: 'a1', kind: 'follow-up', targetType: 'customer', targetId: 'c1', customerId: 'c1' },
    ...{ authorId: 'e1', createdAt: AT, method: 'phone' },
  },
  'pool-move': {
    ...{ id: 'pm1', customerId: 'c1', direction: 'taken', reason: 'claimed', employeeId: 'e1', movedAt: AT },
  },
  'return-visit': { id: 'v1', visitorId: 'e1', contractId: 'k1', visitedAt: AT, satisfaction: '很满意' },
  'business-trip': { id: 'b1', applicantId: 'e1', status: 'approved', legs: [{ startsAt: AT }] },
  goal: {
    ...{ id: 'g1', subjectType: 'employee', subjectId: 'e1', year: 2026, metric: 'contract-amount' },
    months: Array<string>(12).fill('1000.00'),
  },
  settings: { id: 'settings', contractExpiryDays: 7, satisfactionOptions: ['很满意', '不满意'] },
};
