/** The brokers, the topics and who consumes them. */
import {
  TOPICS,
  inspectKafka,
  openChangeLog,
  type KafkaFacts,
  type KafkaTopicFacts,
  type TopicSpec,
} from '#change-log';
import { kafkaAccess, topicsOf } from '#engines';
import { FACTS_GROUP, LEADERBOARDS_GROUP } from '#pipeline';
import type { Settings } from '#platform';
import { recordsAhead } from '../catch-up';
import { counted, Findings, type Finding } from './finding';

const GROUPS = { [FACTS_GROUP]: 'facts', [LEADERBOARDS_GROUP]: 'leaderboards' };
/** A record holds an event's JSON and its headers. */
const RECORD_OVERHEAD = 4_096;

export async function checkKafka(settings: Settings): Promise<Finding[]> {
  const findings = new Findings('kafka');
  const brokers = settings.KAFKA_BROKERS ?? [];
  const wanted = topicsOf(settings);
  let facts: KafkaFacts;
  try {
    const client = { brokers, clientId: 'floorboard-doctor', ...kafkaAccess(settings) };
    facts = await inspectKafka(
      client,
      wanted.map(({ name }) => name),
      Object.keys(GROUPS),
    );
  } catch (error) {
    findings.problem(
      `${brokers.join(', ')}: ${(error as Error).message}`,
      'check KAFKA_BROKERS, that the brokers run, KAFKA_TLS with its files, user, password and what the user may describe',
    );
    return findings.all;
  }
  findings.ok(`${counted(facts.brokers, 'broker')} up`);
  for (const spec of wanted) {
    const topic = facts.topics.find(({ name }) => name === spec.name);
    if (topic) checkTopic(findings, spec, topic, facts.brokers, settings);
    else
      findings.warning(
        `topic ${spec.name} is missing`,
        'the first app that starts creates it, if its user may',
      );
  }
  await checkGroups(findings, facts, settings);
  return findings.all;
}

function checkTopic(
  findings: Findings,
  spec: TopicSpec,
  topic: KafkaTopicFacts,
  brokers: number,
  settings: Settings,
): void {
  const { name, partitions, replication, config } = topic;
  const before = findings.all.length;
  if (topic.offline > 0) {
    findings.problem(`${topic.offline} partitions of ${name} have no leader`, 'bring their brokers back');
  }
  if (topic.underReplicated > 0) {
    findings.warning(`${topic.underReplicated} partitions of ${name} miss copies`, 'look after the brokers');
  }
  const policy = spec.compacted ? 'compact' : 'delete';
  if (config['cleanup.policy'] !== policy) {
    findings.problem(
      `${name} has cleanup.policy=${config['cleanup.policy']}: ${spec.compacted ? 'keys and settings would be lost' : 'a replay would not see every event'}`,
      `kafka-configs --alter --entity-type topics --entity-name ${name} --add-config cleanup.policy=${policy}`,
    );
  }
  if (config['message.timestamp.type'] !== 'LogAppendTime') {
    findings.warning(
      `${name} has message.timestamp.type=${config['message.timestamp.type']}: ages of data come from the writers' clocks`,
      `kafka-configs --alter --entity-type topics --entity-name ${name} --add-config message.timestamp.type=LogAppendTime`,
    );
  }
  if (brokers >= 3 && replication < 3) {
    findings.warning(
      `${name} has ${replication} copies on ${brokers} brokers`,
      'reassign it to three, with min.insync.replicas=2',
    );
  }
  if (name === TOPICS.events) checkEvents(findings, spec, topic, settings);
  if (findings.all.length === before)
    findings.ok(`topic ${name}: ${counted(partitions, 'partition')}, replication ${replication}`);
}

function checkEvents(
  findings: Findings,
  spec: TopicSpec,
  { name, partitions, config }: KafkaTopicFacts,
  settings: Settings,
): void {
  if (settings.LOG_PARTITIONS !== undefined && settings.LOG_PARTITIONS !== partitions) {
    findings.warning(
      `${name} has ${partitions} partitions, LOG_PARTITIONS says ${settings.LOG_PARTITIONS}`,
      'nothing: a topic keeps its partitions, since versions of a record must stay in one',
    );
  }
  const [kept, wanted] = [Number(config['retention.ms']), Number(spec.retentionMs)];
  if (kept >= 0 && kept < wanted) {
    findings.warning(
      `${name} keeps events for ${(kept / 86_400_000).toFixed(1)} days, LOG_RETENTION_DAYS says ${settings.LOG_RETENTION_DAYS}`,
      'a consumer that stands still for longer misses events: raise retention.ms of the topic',
    );
  }
  const [largest, event] = [
    Number(config['max.message.bytes']),
    settings.INTAKE_MAX_EVENT_BYTES + RECORD_OVERHEAD,
  ];
  if (largest < event) {
    findings.problem(
      `${name} takes ${largest} bytes at most, an event may have ${event}`,
      'raise max.message.bytes of the topic',
    );
  }
}

async function checkGroups(findings: Findings, facts: KafkaFacts, settings: Settings): Promise<void> {
  const hasEvents = facts.topics.some(({ name }) => name === TOPICS.events);
  const lag = hasEvents ? await lags(settings) : new Map<string, number>();
  for (const { id, state, members } of facts.groups) {
    const app = GROUPS[id as keyof typeof GROUPS];
    const behind = lag.get(id) ?? 0;
    const waiting = `${counted(behind, 'event')} ahead`;
    if (members > 0) findings.ok(`${app}: ${counted(members, 'consumer')} (${state}), ${waiting}`);
    else findings.warning(`no ${app} consumer runs, ${waiting}`, `start apps/${app}, or floorboard start`);
  }
}

async function lags(settings: Settings): Promise<Map<string, number>> {
  const log = await openChangeLog({
    kafkaBrokers: settings.KAFKA_BROKERS,
    clientId: 'floorboard-doctor',
    dataDir: settings.dataDir,
    ...kafkaAccess(settings),
  });
  try {
    const ends = await log.offsets(TOPICS.events);
    const byGroup = Object.keys(GROUPS).map(
      async (group) => [group, await recordsAhead(log, group, ends)] as const,
    );
    return new Map(await Promise.all(byGroup));
  } finally {
    await log.close();
  }
}
