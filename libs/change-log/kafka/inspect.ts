/** What a Kafka cluster is and holds, for whoever checks an installation. Changes nothing. */
import { ConfigResourceTypes, type Admin } from 'kafkajs';
import { createClient, type KafkaClientOptions } from './client';

export interface KafkaTopicFacts {
  name: string;
  partitions: number;
  /** Copies of its partitions, the fewest of any. */
  replication: number;
  /** Partitions without a leader: nothing can be read from or written to them. */
  offline: number;
  /** Partitions with a copy that lags behind or is gone. */
  underReplicated: number;
  /** Settings of the topic by Kafka's names. */
  config: Record<string, string>;
}

export interface KafkaGroupFacts {
  id: string;
  /** As Kafka says it: `Stable`, `Empty`, `Dead`, … */
  state: string;
  members: number;
}

export interface KafkaFacts {
  brokers: number;
  /** Of the topics asked for, those that exist. */
  topics: KafkaTopicFacts[];
  groups: KafkaGroupFacts[];
}

/** @throws when no broker answers or the user may not ask. */
export async function inspectKafka(
  options: KafkaClientOptions,
  topics: readonly string[],
  groups: readonly string[],
): Promise<KafkaFacts> {
  const admin = createClient(options).admin();
  await admin.connect();
  try {
    const { brokers } = await admin.describeCluster();
    const existing = new Set(await admin.listTopics());
    const described = await admin.describeGroups([...groups]);
    return {
      brokers: brokers.length,
      topics: await topicFacts(
        admin,
        topics.filter((name) => existing.has(name)),
      ),
      groups: described.groups.map(({ groupId, state, members }) => ({
        id: groupId,
        state,
        members: members.length,
      })),
    };
  } finally {
    await admin.disconnect();
  }
}

async function topicFacts(admin: Admin, names: string[]): Promise<KafkaTopicFacts[]> {
  if (names.length === 0) return [];
  const { topics } = await admin.fetchTopicMetadata({ topics: names });
  const { resources } = await admin.describeConfigs({
    includeSynonyms: false,
    resources: names.map((name) => ({ type: ConfigResourceTypes.TOPIC, name })),
  });
  const configs = new Map(resources.map(({ resourceName, configEntries }) => [resourceName, configEntries]));
  return topics.map(({ name, partitions }) => ({
    name,
    partitions: partitions.length,
    replication: Math.min(...partitions.map(({ replicas }) => replicas.length)),
    offline: partitions.filter(({ leader }) => leader < 0).length,
    underReplicated: partitions.filter(({ isr, replicas }) => isr.length < replicas.length).length,
    config: Object.fromEntries(
      (configs.get(name) ?? []).map(({ configName, configValue }) => [configName, configValue]),
    ),
  }));
}
