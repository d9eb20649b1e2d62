/** Deals that are won now, which is what the feed tells of. */
import type { CloudEvent, Opportunity } from '#crm';
import { marked } from './marked';
import type { TenantUnderTest } from './tenant';

/** An opportunity of everybody in a tenant in one of its two versions. */
export function dealsOf({ id, world }: TenantUnderTest, endState: 'open' | 'won'): CloudEvent[] {
  const pipeline = world.all('pipeline')[0]?.id ?? 'pipeline-1';
  const customers = world.all('customer');
  const at = new Date().toISOString();
  const deals = world.all('employee').map((employee, index): CloudEvent => {
    const data: Opportunity = {
      id: `win-${index}`,
      name: 'Won',
      ownerId: employee.id,
      creatorId: employee.id,
      customerId: customers[index % customers.length]?.id ?? null,
      createdAt: at,
      pipelineId: pipeline,
      stageId: 's1',
      endState,
      amount: `${index + 1}0.00`,
    };
    return {
      specversion: '1.0',
      id: `win-${index}-${endState}`,
      source: 'https://crm.example/wins',
      type: `crm.opportunity.${endState}`,
      subject: data.id,
      time: at,
      sequence: endState === 'open' ? '1' : '2',
      data,
    };
  });
  return marked(id, deals);
}
