/** The sales funnel: opportunities created in the period, by the stage they are in now. */
import { decimal, minor, sumOf } from '../amounts';
import type { PipelineQuery } from '../parameters';
import { recordsOf, type RecordList } from '../records/list';
import type { Run } from '../run';
import { mustExist } from '../scope';
import { OPPORTUNITIES } from '../sources';
import { NOTHING, sql, text, texts, type Sql } from '../sql';
import { compareText } from '#text';

interface Pipeline {
  id: string;
  enabled: boolean;
  stageIds: readonly string[];
  stageNames: readonly string[];
  stageOrders: readonly number[];
}

interface GroupRow {
  pipelineId: string;
  stageId: string;
  endState: 'open' | 'won' | 'lost' | 'invalid';
  count: number;
  amount: string;
}

export interface StageRow {
  stageId: string;
  stageName: string;
  count: number;
  amount: string;
}

export interface Funnel {
  /** The pipeline shown; null when none was named and none is enabled. */
  pipelineId: string | null;
  /** Open opportunities by stage, zeros included. */
  stages: StageRow[];
  /** Amounts of every end state, and of those won and lost. */
  allAmount: string;
  wonAmount: string;
  lostAmount: string;
}

/**
 * The funnel of the named pipeline, else of the enabled one with the lowest id. An open opportunity in
 * an unknown stage counts in `allAmount` only.
 * @throws NotFound
 */
export async function funnel(run: Run<PipelineQuery>): Promise<Funnel> {
  const [pipelines, groups] = await Promise.all([readPipelines(run), readGroups(run)]);
  const pipeline = choosePipeline(run, pipelines);
  const inPipeline = groups.filter(({ pipelineId }) => pipelineId === pipeline?.id);
  const amountOf = (groups: readonly GroupRow[]): string =>
    decimal(sumOf(groups, ({ amount }) => minor(amount)));
  return {
    pipelineId: pipeline?.id ?? null,
    stages: pipeline ? stageRows(pipeline, inPipeline) : [],
    allAmount: amountOf(inPipeline),
    wonAmount: amountOf(inPipeline.filter(({ endState }) => endState === 'won')),
    lostAmount: amountOf(inPipeline.filter(({ endState }) => endState === 'lost')),
  };
}

/** The pipeline that a question is about; undefined when there is none to show. @throws NotFound */
export function choosePipeline(
  run: Run<PipelineQuery>,
  pipelines: readonly Pipeline[],
): Pipeline | undefined {
  const { pipelineId } = run.query;
  if (pipelineId === undefined) {
    return pipelines.filter(({ enabled }) => enabled).sort((a, b) => compareText(a.id, b.id))[0];
  }
  const pipeline = pipelines.find(({ id }) => id === pipelineId);
  mustExist(run.context.caller, pipeline !== undefined, 'pipelineId');
  return pipeline;
}

export const readPipelines = (run: Run<PipelineQuery>): Promise<readonly Pipeline[]> =>
  run.kept<Pipeline, readonly Pipeline[]>(
    ['pipeline'],
    sql`
      SELECT id, enabled, stages.id AS stageIds, stages.name AS stageNames, stages.order AS stageOrders
      FROM pipeline FINAL WHERE tenant = ${run.tenant}`,
    (pipelines) => pipelines,
  );

function readGroups(run: Run<PipelineQuery>): Promise<GroupRow[]> {
  const { pipelineId } = run.query;
  const where = pipelineId === undefined ? NOTHING : sql`AND pipeline_id = ${text(pipelineId)}`;
  return run.rows<GroupRow>(sql`
    SELECT pipeline_id AS pipelineId, stage_id AS stageId, end_state AS endState,
           count() AS count, sum(amount) AS amount
    ${run.from(OPPORTUNITIES)} ${where}
    GROUP BY pipeline_id, stage_id, end_state`);
}

function stageRows({ stageIds, stageNames, stageOrders }: Pipeline, groups: readonly GroupRow[]): StageRow[] {
  return (
    stageIds
      .map((id, index) => ({ id, name: stageNames[index] ?? '', order: stageOrders[index] ?? 0 }))
      .sort((a, b) => a.order - b.order || compareText(a.id, b.id))
      // A stage listed twice stands where it comes first; what is in it counts once.
      .filter(({ id }, index, stages) => stages.findIndex((stage) => stage.id === id) === index)
      .map(({ id, name }) => {
        const group = groups.find(({ stageId, endState }) => stageId === id && endState === 'open');
        return {
          stageId: id,
          stageName: name,
          count: group?.count ?? 0,
          amount: decimal(minor(group?.amount)),
        };
      })
  );
}

/** Opportunities of the pipeline created in the period, of one end state or any. @throws NotFound */
export async function pipelineRecords(
  run: Run<PipelineQuery>,
  endState?: 'won' | 'lost',
): Promise<RecordList> {
  const pipeline = choosePipeline(run, await readPipelines(run));
  return ofPipeline(run, pipeline, endState === undefined ? NOTHING : sql`AND end_state = ${text(endState)}`);
}

/** Open opportunities in a stage of the pipeline, or in any of its stages. @throws NotFound */
export async function stageRecords(run: Run<PipelineQuery>, stageId: string | null): Promise<RecordList> {
  const pipeline = choosePipeline(run, await readPipelines(run));
  const stages = (pipeline?.stageIds ?? []).filter((id) => stageId === null || id === stageId);
  return ofPipeline(run, pipeline, sql`AND end_state = 'open' AND stage_id IN ${texts(stages)}`);
}

/** Nobody's opportunities when there is no pipeline to show: no record has an empty id of one. */
const ofPipeline = (run: Run, pipeline: Pipeline | undefined, condition: Sql): RecordList =>
  recordsOf(run, OPPORTUNITIES, { where: sql`pipeline_id = ${text(pipeline?.id ?? '')} ${condition}` });
