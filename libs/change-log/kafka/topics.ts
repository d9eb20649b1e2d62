import type { Admin, ITopicConfig } from 'kafkajs';
import type { TopicSpec } from '../port';

export interface TopicDefaults {
  partitions: number;
  /** Copies of every partition; absent: 3, or as many as there are brokers. */
  replicationFactor?: number;
}

/** Creates the topics that are missing. */
export async function createTopics(admin: Admin, specs: TopicSpec[], defaults: TopicDefaults): Promise<void> {
  const existing = new Set(await admin.listTopics());
  const missing = specs.filter(({ name }) => !existing.has(name));
  if (missing.length === 0) return;
  const { brokers } = await admin.describeCluster();
  const replicationFactor = defaults.replicationFactor ?? Math.min(3, brokers.length);
  // One call each: another process may be creating the same ones, and has then done the work.
  for (const spec of missing) {
    await admin.createTopics({
      waitForLeaders: true,
      topics: [
        {
          topic: spec.name,
          numPartitions: spec.partitions ?? defaults.partitions,
          replicationFactor,
          configEntries: configEntries(spec, replicationFactor),
        },
      ],
    });
  }
}

function configEntries(spec: TopicSpec, replicationFactor: number): ITopicConfig['configEntries'] {
  const settings: Record<string, string> = {
    // The time a record carries is when the log took it, whoever wrote it.
    'message.timestamp.type': 'LogAppendTime',
    // An acknowledged record is then on two brokers at least.
    'min.insync.replicas': replicationFactor >= 3 ? '2' : '1',
    'cleanup.policy': spec.compacted ? 'compact' : 'delete',
  };
  if (!spec.compacted) {
    settings['retention.ms'] = String(spec.retentionMs ?? -1);
    settings['retention.bytes'] = String(spec.retentionBytes ?? -1);
  }
  return Object.entries(settings).map(([name, value]) => ({ name, value }));
}
