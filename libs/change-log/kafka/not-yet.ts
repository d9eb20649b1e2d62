/**
 * Whether a broker only could not answer yet: a new topic's leader takes a moment. kafkajs hands that error on as it
 * came, or inside of one that says that it will not ask again.
 */
export function isNotYet(error: unknown): boolean {
  const { name, retriable, cause } = error as { name?: string; retriable?: boolean; cause?: unknown };
  if (name === 'KafkaJSProtocolError') return retriable === true;
  return cause instanceof Error && isNotYet(cause);
}
