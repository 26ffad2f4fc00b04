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

/**
 * @throws BrokerError when an address cannot be listened on; nothing is left open then
 *
 * @example
 * ```ts
 * import { readFileSync, writeFileSync } from 'node:fs';
 * import { type AwsIotBroker, type AwsIotBrokerOptions, loadRegistry, type PolicyRefusal } from 'wasmqtt/broker';
 * import { startAwsIotBroker } from 'wasmqtt/broker';
 *
 * const statement = { Effect: 'Allow', Action: 'iot:Connect', Resource: '*' };
 * writeFileSync('policy.json', JSON.stringify({ Version: '2012-10-17', Statement: [statement] }));
 * const sources = { policies: ['policy.json'], certificates: [], certificateFiles: ['device.pem'] };
 * const { registry } = loadRegistry(sources, (path) => readFileSync(path));
 * if (!registry) throw new Error('the registry has mistakes');
 * const refusals: PolicyRefusal[] = [];
 * const onRefusal = (refusal: PolicyRefusal) => refusals.push(refusal);
 * const tls = { cert: readFileSync('device.pem'), key: readFileSync('device.key') };
 * const options: AwsIotBrokerOptions = { registry, tls, ports: [0], onRefusal };
 * const running: AwsIotBroker = await startAwsIotBroker(options);
 * running.broker.listeners.map(({ protocol }) => protocol); // => [ 'mqtts' ]
 * await running.broker.close();
 * ```
 */
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
