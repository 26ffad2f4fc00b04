import { describe, expect, it, onTestFinished } from 'vitest';
import { type Broker, type BrokerOptions, createBroker, MemoryStore } from '../../../../host/broker/index.js';
import { BridgesInBroker } from '../../../../host/cli/broker/bridges/bridges-in-broker.js';
import { openSource } from '../../../../host/cli/broker/profile/open-source.js';
import { Watchers } from '../../../../host/cli/broker/watchers.js';
import { bridgesOption } from '../../../../host/cli/options/bridge-options.js';

/** Nobody listens there. */
const NO_KAFKA = { KAFKA_BROKER_LIST: '127.0.0.1:1' };

async function started(options: BrokerOptions = {}, environment: NodeJS.ProcessEnv = NO_KAFKA) {
  const broker = await createBroker(options);
  const bridges = new BridgesInBroker(['v2k', 'k2v'], 1, environment);
  const events: { event: string; [field: string]: unknown }[] = [];
  const lines: string[] = [];
  await bridges.start(broker, (event, note) => {
    events.push(event);
    if (note) lines.push(`${note.type} ${note.text}`);
  });
  const close = () => bridges.close().then(() => broker.close());
  onTestFinished(close);
  return { broker, bridges, events, lines, close };
}

/** What a device does that gets its acknowledgement. */
const publish = async (broker: Broker, count: number) => {
  const device = await broker.local.connect();
  for (let n = 0; n < count; n++) await device.publish('admin:d/attrs', `{"n":${n}}`, { qos: 1 });
  await device.close();
};

describe('bridges in the process of a broker, without Kafka', () => {
  it('are there before anybody can connect; what devices publish is acknowledged, and waits in the session of V2K', async () => {
    const store = new MemoryStore(undefined, false);
    const { broker, bridges, events, lines, close } = await started({ store });
    expect(events).toContainEqual({ event: 'bridge subscribed', bridge: 'v2k', topicFilter: '$share/group/+/attrs' });
    await publish(broker, 30);
    await expect.poll(() => events.map(({ event }) => event)).toContain('bridge kafka away');
    expect(lines.filter((line) => /^warning Bridge v2k: Kafka is away: .*tried again/.test(line))).toHaveLength(1);
    const [v2k, k2v] = bridges.watched.lists.bridges();
    expect(v2k).toMatchObject({ name: 'v2k', mqttConnected: true, kafkaReady: false, waiting: 30, carried: 0 });
    expect(k2v).toMatchObject({ name: 'k2v', mqttConnected: true, waiting: 0 });
    await close();
    expect(events.filter(({ event }) => event === 'bridge stopped').map(({ bridge }) => bridge)).toEqual([
      'k2v',
      'v2k',
    ]);
    store.commit();
    const next = await started({ store: new MemoryStore(store.durable, false) });
    expect(next.bridges.watched.lists.bridges()[0]).toMatchObject({ waiting: 30 });
    expect(next.lines.join()).not.toContain('ends with the broker');
  });

  it('say what is lost when the broker has no more room, and that nothing is kept without a store', async () => {
    const { broker, events, lines } = await started({ limits: { queuedMessages: 10 } });
    expect(lines).toContainEqual(expect.stringMatching(/^warning Bridge v2k: What Kafka does not have yet ends with/));
    await publish(broker, 520);
    expect(events).toContainEqual({ event: 'bridge lost', bridge: 'v2k', count: 1 });
  });

  it('are in the metrics and lists of the status server', async () => {
    const { broker, bridges } = await started();
    const watchers = await Watchers.open({ status: 0 }, () => {});
    const url = await watchers.serve(broker, 0, '1', bridges.watched);
    onTestFinished(() => watchers.stopServing());
    await publish(broker, 2);
    const metrics = await (await fetch(`${url}/metrics`)).text();
    expect(metrics).toContain('wasmqtt_bridge_waiting{bridge="v2k"} 2');
    expect(metrics).toContain('wasmqtt_bridge_received_total{bridge="k2v"} 0');
    expect(await (await fetch(`${url}/v1/bridges`)).json()).toMatchObject({
      bridges: [{ waiting: 2 }, { waiting: 0 }],
    });
  });
});

describe('what --bridges is given', () => {
  it('is not what leads to a broker elsewhere: such variables are named', () => {
    const environment = { V2K_MQTT_HOST: 'broker', K2V_MQTT_KEY_FILE: 'k', EJBCA_ADDRESS: 'pki:5583', HOSTNAME: 'h' };
    const { warnings, lines } = new BridgesInBroker(['v2k', 'k2v'], 1, { ...environment, ...NO_KAFKA }).report();
    expect(warnings).toEqual([
      'V2K_MQTT_HOST is without effect: the bridge is in the process of the broker',
      'K2V_MQTT_KEY_FILE is without effect: the bridge is in the process of the broker',
    ]);
    expect(lines).toEqual([
      'V2K: $share/group/+/attrs of the broker of this process to *.device-data of 127.0.0.1:1',
      'K2V: *.dojot.device-manager.device of 127.0.0.1:1 to …/config of the broker of this process',
    ]);
  });

  it.each([
    [{ V2K_MQTT_PRT: '1' }, /V2K_MQTT_PRT is not a variable.*did you mean V2K_MQTT_PORT/],
    [{ KAFKA_BROKER_LIST: 'a:b:c' }, /"a:b:c" is not the address of a Kafka broker/],
  ])('is refused with what to do: %j', (environment, problem) => {
    expect(() => new BridgesInBroker(['v2k'], 1, environment)).toThrow(problem);
  });

  it('is one of them or both, for dojot or a configuration', async () => {
    expect(bridgesOption().parseArg!('k2v,v2k', undefined)).toEqual(['v2k', 'k2v']);
    for (const text of ['', 'v2k,', 'v2k,v2k', 'kafka']) {
      expect(() => bridgesOption().parseArg!(text, undefined)).toThrow('Give v2k, k2v, or v2k,k2v.');
    }
    const flags = { bridges: ['v2k' as const], profile: 'aws-iot' };
    await expect(openSource(flags)).rejects.toThrow('--bridges is not for --profile aws-iot');
    const withGeneration = { bridges: ['v2k' as const], generation: '3' };
    expect(await openSource(withGeneration)).toBeDefined();
    await expect(openSource({ generation: '3' } as object)).rejects.toThrow('--generation is an option of --profile');
  });
});
