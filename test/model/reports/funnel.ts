/** Sales funnels and what comes of new opportunities. */
import type { Opportunity, Pipeline } from '#crm';
import { narrow, type Range } from '../dates';
import { compareText, decimal, percent, sumOf } from '../exact';
import type { Question, RecordSet, ReportModel, Row } from '../question';
import { mustExist } from '../scope';
import { opportunitiesCreated } from '../selections';
import { bucketSeries, recordSet } from '../tables';

const amount = (opportunities: Opportunity[]): string => decimal(sumOf(opportunities, (o) => o.amount));

/** The pipeline asked for, else the enabled one with the lowest id; none when there is no such. */
function pipelineOf(q: Question): Pipeline | undefined {
  const { pipelineId } = q.params;
  if (pipelineId !== undefined) {
    mustExist(q.ctx.caller, q.world.has('pipeline', pipelineId), 'pipelineId');
    return q.world.get('pipeline', pipelineId);
  }
  const enabled = q.world.all('pipeline').filter((pipeline) => pipeline.enabled);
  return enabled.sort((a, b) => compareText(a.id, b.id))[0];
}

function inPipeline(q: Question): Opportunity[] {
  const pipeline = pipelineOf(q);
  if (!pipeline) return [];
  return opportunitiesCreated(q, q.scope.people, q.period).filter((o) => o.pipelineId === pipeline.id);
}

const stagesOf = (q: Question): Pipeline['stages'] => {
  const seen = new Set<string>();
  return [...(pipelineOf(q)?.stages ?? [])]
    .sort((a, b) => a.order - b.order || compareText(a.id, b.id))
    .filter(({ id }) => !seen.has(id) && seen.add(id));
};

const inStage = (q: Question, stageId: string): Opportunity[] =>
  inPipeline(q).filter((o) => o.endState === 'open' && o.stageId === stageId);

const stageRows = (q: Question): Row[] =>
  stagesOf(q).map((stage) => {
    const opportunities = inStage(q, stage.id);
    return {
      stageId: stage.id,
      stageName: stage.name,
      count: opportunities.length,
      amount: amount(opportunities),
    };
  });

const stageRecords = (q: Question, row: string | undefined): RecordSet =>
  recordSet(
    'opportunity',
    stagesOf(q)
      .filter((stage) => row === undefined || stage.id === row)
      .flatMap((stage) => inStage(q, stage.id)),
  );

const endedAs = (q: Question, endState: Opportunity['endState']): Opportunity[] =>
  inPipeline(q).filter((o) => o.endState === endState);

export const dashboardFunnel: ReportModel = {
  answer: (q) => ({
    period: q.period,
    rows: stageRows(q),
    headline: {
      allAmount: amount(inPipeline(q)),
      wonAmount: amount(endedAs(q, 'won')),
      lostAmount: amount(endedAs(q, 'lost')),
    },
  }),
  records(q, { column, row }) {
    switch (column) {
      case 'count':
      case 'amount':
        return stageRecords(q, row);
      case 'allAmount':
        return recordSet('opportunity', inPipeline(q));
      case 'wonAmount':
        return recordSet('opportunity', endedAs(q, 'won'));
      case 'lostAmount':
        return recordSet('opportunity', endedAs(q, 'lost'));
      default:
        return null;
    }
  },
};

export const salesFunnel: ReportModel = {
  answer(q) {
    const staged = stagesOf(q).flatMap((stage) => inStage(q, stage.id));
    return { period: q.period, rows: stageRows(q), totals: { count: staged.length, amount: amount(staged) } };
  },
  records: (q, { column, row }) => (column === 'count' || column === 'amount' ? stageRecords(q, row) : null),
};

const created = (q: Question, range: Range): Opportunity[] => opportunitiesCreated(q, q.scope.people, range);

const won = (opportunities: Opportunity[]): Opportunity[] =>
  opportunities.filter((o) => o.endState === 'won');

export const newOpportunities: ReportModel = {
  answer: (q) => ({
    period: q.period,
    series: bucketSeries(q, (range) => ({
      opportunityAmount: amount(created(q, range)),
      newOpportunities: created(q, range).length,
    })),
  }),
  records: (q, { column, bucket }) =>
    column === 'opportunityAmount' || column === 'newOpportunities'
      ? recordSet('opportunity', created(q, narrow(q.period, bucket)))
      : null,
};

export const opportunityConversion: ReportModel = {
  answer: (q) => ({
    period: q.period,
    series: bucketSeries(q, (range) => {
      const all = created(q, range);
      return {
        newOpportunities: all.length,
        wonOpportunities: won(all).length,
        winRate: percent(BigInt(won(all).length), BigInt(all.length)),
      };
    }),
  }),
  records(q, { column, bucket }) {
    const all = created(q, narrow(q.period, bucket));
    if (column === 'wonOpportunities') return recordSet('opportunity', won(all));
    return column === 'newOpportunities' || column === 'winRate' ? recordSet('opportunity', all) : null;
  },
};
