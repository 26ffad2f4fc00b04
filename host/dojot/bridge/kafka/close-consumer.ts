import { Base, type Consumer } from '@platformatic/kafka';

/** Leaves the group and closes the connections; also when the group cannot be left. Never rejects. */
export async function closeConsumer(consumer: Consumer): Promise<void> {
  try {
    await consumer.close(true);
  } catch {
    // The group knows the member no longer, or forgets it after a while. The connections are still open.
    await Base.prototype.close.call(consumer).catch(() => {});
  }
}
