/**
 * The values of closed lists as people read them, on screens and in files alike. It imports nothing: the
 * dashboard is built with it.
 */

type Names = Readonly<Record<'zh-CN' | 'en', string>>;

const names = (zh: string, en: string): Names => ({ 'zh-CN': zh, en });

/** By the field that holds them. */
export const VALUE_NAMES: Readonly<Record<string, Readonly<Record<string, Names>>>> = {
  status: {
    draft: names('草稿', 'Draft'),
    pending: names('待审批', 'Pending'),
    'in-review': names('审批中', 'In review'),
    approved: names('已通过', 'Approved'),
    rejected: names('已驳回', 'Rejected'),
    withdrawn: names('已撤回', 'Withdrawn'),
    void: names('已作废', 'Void'),
    'no-approval': names('无需审批', 'No approval'),
  },
  dealStatus: { deal: names('已成交', 'Deal'), 'not-deal': names('未成交', 'No deal') },
  endState: {
    open: names('进行中', 'Open'),
    won: names('赢单', 'Won'),
    lost: names('输单', 'Lost'),
    invalid: names('无效', 'Invalid'),
  },
  kind: {
    'follow-up': names('跟进', 'Follow-up'),
    'check-in': names('签到', 'Check-in'),
    other: names('其他', 'Other'),
  },
  targetType: {
    lead: names('线索', 'Lead'),
    customer: names('客户', 'Customer'),
    contact: names('联系人', 'Contact'),
    opportunity: names('商机', 'Opportunity'),
    contract: names('合同', 'Contract'),
    other: names('其他', 'Other'),
  },
  // Taken is who claimed a customer as well as who was assigned it.
  direction: {
    'put-in': names('进入公海', 'Put into the pool'),
    taken: names('移出公海', 'Taken from the pool'),
  },
  reason: {
    manual: names('手动', 'By hand'),
    rule: names('规则', 'By rule'),
    assigned: names('分配', 'Assigned'),
    claimed: names('领取', 'Claimed'),
  },
  subjectType: { department: names('部门', 'Department'), employee: names('员工', 'Employee') },
};
