import { TOPICS, type TopicSpec } from './port';

export interface TopicSettings {
  /** Partitions of the event topic; absent: the engine's default. */
  partitions?: number;
  /** How long events are kept, milliseconds; null or absent: for ever. */
  retentionMs?: number | null;
  /** How many bytes of events are kept per partition; null or absent: no bound. */
  retentionBytes?: number | null;
}

/**
 * The topics every app relies on. Dead letters are few and are listed from one place, control data
 * is small and wants one total order: both have a single partition.
 */
export function standardTopics(settings: TopicSettings = {}): TopicSpec[] {
  return [
    {
      name: TOPICS.events,
      partitions: settings.partitions,
      retentionMs: settings.retentionMs,
      retentionBytes: settings.retentionBytes,
    },
    { name: TOPICS.deadLetters, partitions: 1 },
    { name: TOPICS.control, partitions: 1, compacted: true },
  ];
}
