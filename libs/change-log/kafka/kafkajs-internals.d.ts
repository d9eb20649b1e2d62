/**
 * Parts of kafkajs 2.2 it does not export: a plain fetch of one partition, outside any consumer
 * group, cannot be had otherwise.
 */
declare module 'kafkajs/src/cluster' {
  import type { ISocketFactory, KafkaConfig, Logger } from 'kafkajs';

  export interface FetchedPartition {
    partition: number;
    highWatermark: string;
  }

  interface Broker {
    fetch(request: {
      maxWaitTime: number;
      minBytes: number;
      maxBytes: number;
      isolationLevel: number;
      topics: { topic: string; partitions: { partition: number; fetchOffset: string; maxBytes: number }[] }[];
    }): Promise<{ responses: { topicName: string; partitions: FetchedPartition[] }[] }>;
  }

  export default class Cluster {
    constructor(
      options: KafkaConfig & {
        logger: Logger;
        socketFactory: ISocketFactory;
        metadataMaxAge: number;
        allowAutoTopicCreation: boolean;
      },
    );
    isConnected(): boolean;
    connect(): Promise<void>;
    disconnect(): Promise<void>;
    addTargetTopic(topic: string): Promise<void>;
    refreshMetadata(): Promise<void>;
    findLeaderForPartitions(topic: string, partitions: number[]): Record<string, number[]>;
    findBroker(node: { nodeId: string }): Promise<Broker>;
  }
}

declare module 'kafkajs/src/consumer/batch' {
  import type { KafkaMessage } from 'kafkajs';
  import type { FetchedPartition } from 'kafkajs/src/cluster';

  /** The messages of a fetch that a reader may see. */
  export default class Batch {
    constructor(topic: string, fetchedOffset: string, partition: FetchedPartition);
    readonly messages: KafkaMessage[];
    readonly highWatermark: string;
    isEmpty(): boolean;
    lastOffset(): string;
  }
}

declare module 'kafkajs/src/network/socketFactory' {
  import type { ISocketFactory } from 'kafkajs';

  export default function socketFactory(): ISocketFactory;
}
