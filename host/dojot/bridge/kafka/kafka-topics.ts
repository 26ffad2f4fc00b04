import { Admin } from '@platformatic/kafka';
import { clientOptions, type KafkaConnection } from './kafka-connection.js';
import { hasAnswered } from './kafka-failure.js';

/** What topics are made with. */
export interface NewTopics {
  partitions: number;
  /** copies of each partition */
  replicas: number;
}

/** Makes the topic, unless somebody else has. */
export function createTopic(
  connection: KafkaConnection,
  topic: string,
  { partitions, replicas }: NewTopics,
): Promise<void> {
  return withAdmin(connection, async (admin) => {
    try {
      await admin.createTopics({ topics: [topic], partitions, replicas });
    } catch (error) {
      if (!hasAnswered(error, 'TOPIC_ALREADY_EXISTS')) throw error;
    }
  });
}

/** Names of the topics that match, sorted. */
export function matchingTopics(connection: KafkaConnection, pattern: RegExp): Promise<string[]> {
  const whole = new RegExp(`^(?:${pattern.source})$`, pattern.flags.replace(/[gy]/g, ''));
  return withAdmin(connection, async (admin) => {
    const topics = await admin.listTopics();
    return topics.filter((topic) => whole.test(topic)).sort();
  });
}

async function withAdmin<T>(connection: KafkaConnection, action: (admin: Admin) => Promise<T>): Promise<T> {
  const admin = new Admin(clientOptions(connection));
  try {
    return await action(admin);
  } finally {
    // What does not close has nothing in hand any more.
    await admin.close().catch(() => {});
  }
}
