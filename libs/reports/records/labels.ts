/**
 * What the columns of records are called, on screens and in files alike. It imports nothing: the dashboard is
 * built with it.
 */

export type Label = readonly [zh: string, en: string];

/** Names of fields, whatever entity they stand in. */
export const LABELS: Readonly<Record<string, Label>> = {
  id: ['编号', 'Id'],
  number: ['单据号', 'No.'],
  name: ['名称', 'Name'],
  phone: ['电话', 'Phone'],
  mobile: ['手机', 'Mobile'],
  ownerId: ['负责人编号', 'Owner id'],
  creatorId: ['创建人编号', 'Creator id'],
  authorId: ['跟进人编号', 'Author id'],
  employeeId: ['员工编号', 'Employee id'],
  visitorId: ['回访人编号', 'Visitor id'],
  applicantId: ['申请人编号', 'Applicant id'],
  customerId: ['客户编号', 'Customer id'],
  contractId: ['合同', 'Contract id'],
  opportunityId: ['商机编号', 'Opportunity id'],
  pipelineId: ['商机组编号', 'Pipeline id'],
  stageId: ['阶段编号', 'Stage id'],
  planId: ['回款计划编号', 'Payment plan id'],
  poolId: ['公海编号', 'Pool id'],
  targetId: ['对象编号', 'Target id'],
  createdAt: ['创建时间', 'Created'],
  dealStatus: ['成交状态', 'Deal status'],
  dealAt: ['成交时间', 'Deal'],
  province: ['省份', 'Province'],
  city: ['城市', 'City'],
  industry: ['客户行业', 'Industry'],
  level: ['客户级别', 'Level'],
  source: ['客户来源', 'Source'],
  nextContactAt: ['下次联系时间', 'Next contact'],
  endState: ['结束状态', 'End state'],
  expectedDealOn: ['预计成交日期', 'Expected deal date'],
  closedAt: ['结束时间', 'Closed'],
  orderDate: ['签约日期', 'Order date'],
  endDate: ['到期日期', 'End date'],
  returnDate: ['回款日期', 'Return date'],
  plannedDate: ['计划回款日期', 'Planned date'],
  issueDate: ['开票日期', 'Issue date'],
  issued: ['已开票', 'Issued'],
  amount: ['金额', 'Amount'],
  status: ['审批状态', 'Approval'],
  kind: ['类型', 'Kind'],
  targetType: ['对象类型', 'Target'],
  method: ['跟进方式', 'Method'],
  direction: ['方向', 'Direction'],
  reason: ['原因', 'Reason'],
  movedAt: ['变动时间', 'Moved'],
  visitedAt: ['回访时间', 'Visited'],
  satisfaction: ['满意度', 'Answer'],
};

/** What stands beside an id: names of what it refers to. */
export const NAMES: Readonly<Record<string, readonly [key: string, ...Label][]>> = {
  ownerId: [
    ['ownerName', '负责人', 'Owner'],
    ['departmentName', '部门', 'Department'],
  ],
  creatorId: [['creatorName', '创建人', 'Creator']],
  authorId: [['authorName', '跟进人', 'Author']],
  employeeId: [['employeeName', '员工', 'Employee']],
  visitorId: [['visitorName', '回访人', 'Visitor']],
  applicantId: [['applicantName', '申请人', 'Applicant']],
  customerId: [['customerName', '客户', 'Customer']],
  contractId: [
    ['contractNumber', '合同编号', 'Contract no.'],
    ['contractName', '合同名称', 'Contract'],
  ],
  opportunityId: [['opportunityName', '商机', 'Opportunity']],
  pipelineId: [['pipelineName', '商机组', 'Pipeline']],
  stageId: [['stageName', '阶段', 'Stage']],
};

/** What each record adds to the number explained. */
export const ADDED: Readonly<Record<string, Label>> = {
  quantity: ['数量', 'Quantity'],
  counted: ['出差次数', 'Trips counted'],
  followers: ['跟进人数', 'Followed by'],
  lineQuantity: ['产品数量', 'Quantity of lines'],
  lineAmount: ['产品金额', 'Amount of lines'],
  openAmount: ['待回款金额', 'Still to be received'],
};

/** In lines of customers with their contracts, where a field is not the line's own. */
export const LINE_LABELS: Readonly<Record<string, Label>> = {
  id: ['合同', 'Contract id'],
  number: ['合同编号', 'Contract no.'],
  name: ['合同名称', 'Contract'],
  customerCreatedAt: ['客户创建时间', 'Customer created'],
};

/** The end state of a closed opportunity, which is in no stage any more and stands with it instead; null of all else. */
export const closedAs = ({ endState }: Readonly<Record<string, unknown>>): string | null =>
  typeof endState === 'string' && endState !== 'open' ? endState : null;
