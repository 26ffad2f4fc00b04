import { describe, expect, it } from 'vitest';
import { bridgeVariables } from '../../../../host/dojot/bridge/variables/bridge-variables.js';
import { readBridgeVariables } from '../../../../host/dojot/bridge/variables/read-bridge-variables.js';

describe('the variables of the bridges', () => {
  it('have the defaults of generation 1', () => {
    expect(readBridgeVariables({}, 'v2k', 1)).toEqual({
      notes: [],
      settings: {
        mqtt: {
          host: 'vernemq-k8s',
          port: 8883,
          clientId: 'v2k-bridge',
          userName: 'v2k-bridge',
          keepAlive: 60,
          cleanSession: false,
          tls: {
            ca: '/opt/v2k_bridge/app/cert/ca.crt',
            cert: '/opt/v2k_bridge/app/cert/v2k-bridge.crt',
            key: '/opt/v2k_bridge/app/cert/v2k-bridge.key',
            checksServer: true,
          },
        },
        qos: 1,
        kafka: { brokers: ['kafka-server:9092'], clientId: 'v2k-bridge' },
        compression: 'none',
        filter: '$share/group/+/attrs',
        mostBytes: 1_048_576,
        topicSuffix: 'device-data',
        publishSuffix: '',
        groupId: '',
      },
    });
  });

  it.each([
    ['v2k', 1, { V2K_MQTT_PORT: '1883', V2K_MQTT_SECURE: 'false' }, { mqtt: { port: 1883 } }],
    ['v2k', 2, { V2K_APP_HOSTNAME: 'b7' }, { mqtt: { clientId: 'b7', userName: 'b7' }, compression: 'gzip' }],
    ['v2k', 3, { V2K_MQTT_CLEAN: 'true', V2K_MQTT_PROTOCOL: 'mqtt' }, { mqtt: { cleanSession: true } }],
    ['v2k', 3, { V2K_PRODUCER_METADATA_BROKER_LIST: 'a:1,b:2' }, { kafka: { brokers: ['a:1', 'b:2'] } }],
    [
      'k2v',
      1,
      { HOSTNAME: 'h' },
      { mqtt: { clientId: 'h', userName: 'k2v-bridge' }, topicSuffix: 'dojot.device-manager.device' },
    ],
    ['k2v', 2, { K2V_KAFKA_GROUP_ID: 'g' }, { groupId: 'g', publishSuffix: '/config' }],
    ['k2v', 3, { K2V_PUBLISH_QOS: '2' }, { qos: 2 }],
  ] as const)('of %s in generation %i mean %j', (kind, generation, environment, expected) => {
    expect(readBridgeVariables(environment, kind, generation).settings).toMatchObject(expected);
  });

  it.each([
    [
      { V2K_MQTT_PRT: '1' },
      'V2K_MQTT_PRT is not a variable of this bridge in generation 1; did you mean V2K_MQTT_PORT?',
    ],
    [{ V2K_MQTT_PORT: '0' }, 'V2K_MQTT_PORT is "0": use a port from 1 to 65535'],
    [{ V2K_MQTT_SUBSCRIPTION_QOS: '3' }, 'V2K_MQTT_SUBSCRIPTION_QOS is "3": use 0 or 1 or 2'],
    [{ V2K_MQTT_SECURE: 'yes' }, 'V2K_MQTT_SECURE is "yes": use true or false'],
  ])('are refused by name: %j', (environment, problem) => {
    expect(() => readBridgeVariables(environment, 'v2k', 1)).toThrow(problem);
  });

  it('that are without effect are taken, and said', () => {
    const { notes } = readBridgeVariables({ V2K_BACKPRESSURE_PARALLEL_HANDLERS: '8' }, 'v2k', 1);
    expect(notes).toEqual([expect.stringMatching(/^V2K_BACKPRESSURE_PARALLEL_HANDLERS is without effect: /)]);
  });

  it.each(['v2k', 'k2v'] as const)('of %s stand once in each generation', (kind) => {
    for (const generation of [1, 2, 3] as const) {
      const names = bridgeVariables(kind, generation).map(([name]) => name);
      expect(new Set(names).size).toBe(names.length);
    }
  });
});
