import { type Broker, type BrokerStore, createBroker } from '../create-broker.js';
import type { OccasionalEvent } from '../engine/broker-events.js';
import type { PacketTap } from '../engine/tap/packet-tap.js';
import type { TlsMaterial } from '../listeners/tls/tls-settings.js';
import { withAlpn } from '../rules/aws-iot/alpn-rules.js';
import { AwsIotRules, type PolicyRefusal } from '../rules/aws-iot/aws-iot-rules.js';
import { ALPN, AWS_IOT_LIMITS, AWS_IOT_SETTINGS } from '../rules/aws-iot/aws-iot-settings.js';
import { LifecycleEvents } from '../rules/aws-iot/lifecycle-events.js';
import type { ThingRegistry } from '../rules/aws-iot/things/thing-registry.js';
import { SHADOW_CLIENT, serveShadows } from './shadow-client.js';

export interface AwsIotBrokerOptions {
  readonly registry: ThingRegistry;
  /** The server's certificate and key. Client certificates are those of the registry. */
  readonly tls: Pick<TlsMaterial, 'cert' | 'key'>;
  /** Ports on loopback, 0 for any free one. */
  readonly ports: readonly number[];
  /** Ports of clients that say `x-amzn-mqtt-ca` (ALPN), as on AWS's port 443. */
  readonly alpnPorts?: readonly number[];
  /** Default: sessions, retained messages and shadows end with the broker. */
  readonly store?: BrokerStore;
  readonly onRefusal?: (refusal: PolicyRefusal) => void;
  /** Default true. */
  readonly limitRates?: boolean;
  readonly logOccasional?: (event: OccasionalEvent) => void;
  readonly taps?: readonly PacketTap[];
}

/** A broker that does as AWS IoT Core does. */
export interface AwsIotBroker {
  readonly broker: Broker;
  /** Another registry holds at once, for who is connected too. */
  replace(registry: ThingRegistry): void;
}

/** @throws BrokerError when an address cannot be listened on; nothing is left open then */
export async function startAwsIotBroker(options: AwsIotBrokerOptions): Promise<AwsIotBroker> {
  const { registry, onRefusal, limitRates, store, logOccasional, taps } = options;
  const publish = ({ topic, payload }: { topic: string; payload: string }) =>
    broker.publish(topic, payload, { qos: 1 });
  const lifecycle = new LifecycleEvents({ publish, wallClock: Date.now });
  const rules = new AwsIotRules({
    registry,
    onRefusal,
    limitRates,
    now: () => performance.now(),
    wallClock: Date.now,
    onAdmitted: (principal) => lifecycle.admitted(principal),
    onTurnedAway: (principal) => lifecycle.turnedAway(principal),
  });
  const log = (event: OccasionalEvent) => {
    if (!('clientId' in event && event.clientId === SHADOW_CLIENT)) logOccasional?.(event);
  };
  const broker = await createBroker({ rules, limits: AWS_IOT_LIMITS, store, logOccasional: log, taps });
  try {
    broker.engine.on('occasional', (event) => lifecycle.take(event));
    await serveShadows(broker, Date.now, (error) => broker.engine.warn(`a shadow request failed: ${error}`));
    const tls = { ...options.tls, acceptCertificate: rules.objectionTo.bind(rules) };
    const common = { protocol: 'mqtts', settings: AWS_IOT_SETTINGS } as const;
    for (const port of options.ports) await broker.listen({ ...common, port, tls });
    for (const port of options.alpnPorts ?? []) {
      await broker.listen({ ...common, port, tls: { ...tls, alpn: [ALPN] }, rules: withAlpn(rules) });
    }
  } catch (error) {
    await broker.close();
    throw error;
  }
  return {
    broker,
    replace: (next) => {
      rules.replace(next);
      broker.engine.reconsider();
    },
  };
}
