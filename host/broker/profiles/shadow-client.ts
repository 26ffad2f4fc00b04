import type { Broker } from '../create-broker.js';
import { type ShadowAnswer, ShadowService } from '../rules/aws-iot/shadow/shadow-service.js';
import { SHADOW_REQUESTS } from '../rules/aws-iot/shadow/shadow-topic.js';

/**
 * Where shadows are kept: as retained messages, which outlive the broker where it has a store. No client can publish or subscribe to
 * these topics: they begin with `$` and are not AWS's.
 */
const KEPT = '$shadows/';

/** Who serves them. No client of the network can have this id. */
export const SHADOW_CLIENT = '$aws-iot-shadows';

/**
 * Serves device shadows by a client in the process of the broker: an answer is sent once the change is stored.
 *
 * @param now milliseconds since 1970
 * @throws LocalClientError when the broker does not let the client in
 */
export async function serveShadows(
  { local, engine }: Pick<Broker, 'local' | 'engine'>,
  now: () => number,
  onError: (error: unknown) => void,
): Promise<void> {
  const service = new ShadowService();
  const client = await local.connect({ clientId: SHADOW_CLIENT, onError });
  const keep = (key: string, text: string) => client.publish(`${KEPT}${key}`, text, { qos: 1, retain: true });
  const send = async ({ messages, kept }: ShadowAnswer) => {
    let told = messages;
    try {
      // What is sent goes in its order, so the answers to two requests do too.
      if (kept) await Promise.all([...kept.forgotten.map((key) => keep(key, '')), keep(kept.key, kept.text)]);
    } catch (error) {
      onError(error);
      told = [kept!.undo()];
    }
    await Promise.all(told.map(({ topic, payload }) => client.publish(topic, payload, { qos: 1 })));
  };
  await restore(service);
  for (const filter of SHADOW_REQUESTS) {
    await client.subscribe(filter, { qos: 1 }, async ({ topic, payload }) => {
      const answer = service.handle(topic, payload, Math.floor(now() / 1000));
      if (answer) await send(answer);
    });
  }

  async function restore(service: ShadowService): Promise<void> {
    let missing = [...engine.inspection.retained()].filter(({ topic }) => topic.startsWith(KEPT)).length;
    if (missing === 0) return;
    await new Promise<void>((resolve, reject) => {
      const take = ({ topic, payload }: { topic: string; payload: Uint8Array }) => {
        try {
          service.restore(topic.slice(KEPT.length), new TextDecoder().decode(payload));
        } catch (error) {
          onError(error);
        }
        missing--;
        if (missing === 0) resolve();
      };
      client.subscribe(`${KEPT}#`, { qos: 1 }, take).catch(reject);
    });
    await client.unsubscribe(`${KEPT}#`);
  }
}
