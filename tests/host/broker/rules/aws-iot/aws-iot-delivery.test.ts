// biome-ignore-all lint/suspicious/noTemplateCurlyInString: the variables are the policies'
import { beforeAll, describe, expect, it } from 'vitest';
import type { ClientCertificate } from '../../../../../host/broker/index.js';
import { ALL, AwsIotRig, lampCertificate, policy, type RigFiles } from './aws-iot-rig.js';

let certificate: ClientCertificate;

beforeAll(async () => {
  certificate = await lampCertificate();
});

const rigOf = (statements: string[], more: Partial<RigFiles> = {}) =>
  new AwsIotRig(certificate, { policy: policy(...statements), ...more });

describe('AWS IoT delivers a message', () => {
  it('when the policies let its client receive it, and says once for each topic when they do not', () => {
    const rig = rigOf(['Allow Connect *', 'Allow Subscribe *', 'Allow Receive topic/a/yes']);
    const client = rig.connect();
    client.subscribe('a/#', { qos: 1 });
    for (const topic of ['a/yes', 'a/no', 'a/no']) rig.world.engine.publish(topic, 'x', { qos: 1 });
    expect(client.messages()).toEqual(['a/yes=x']);
    expect(client.isClosed).toBe(false);
    expect(rig.refusals).toMatchObject([{ action: 'iot:Receive', resource: 'topic/a/no' }]);
  });

  it('and says it again to a client that has come back', () => {
    const rig = rigOf(['Allow Connect *', 'Allow Subscribe *']);
    for (let count = 0; count < 2; count++) {
      const client = rig.connect();
      client.subscribe('a', { qos: 1 });
      rig.world.engine.publish('a', 'x', { qos: 1 });
      client.disconnect();
    }
    expect(rig.refusals).toHaveLength(2);
  });

  it('of a shared subscription, when either name of the topic may be received and none is denied', () => {
    const delivered = (...statements: string[]) => {
      const rig = rigOf(['Allow Connect *', 'Allow Subscribe *', ...statements]);
      const client = rig.connect();
      client.subscribe('$share/g/a');
      rig.world.engine.publish('a', 'x');
      return client.messages().length;
    };
    expect(delivered('Allow Receive topic/a')).toBe(1);
    expect(delivered('Allow Receive topic/$share/*/a')).toBe(1);
    expect(delivered('Allow Receive topic/b')).toBe(0);
    expect(delivered('Allow Receive topic/a', 'Deny Receive topic/$share/g/a')).toBe(0);
    expect(delivered('Allow Receive topic/$share/g/a', 'Deny Receive topic/a')).toBe(0);
  });

  it('that is retained to an exact filter only', () => {
    const rig = rigOf([ALL]);
    rig.world.engine.publish('a/b', 'x', { retain: true });
    const client = rig.connect();
    for (const filter of ['a/+', 'a/#', 'a/b']) client.subscribe(filter);
    expect(client.received).toMatchObject([{ type: 'publish', topic: 'a/b', retain: true }]);
  });
});

describe('AWS IoT says in CONNACK', () => {
  it('what it does', () => {
    const asked = { sessionExpiryInterval: 1_000_000, receiveMaximum: 10 };
    const { connack } = rigOf([ALL]).connect({ keepAlive: 5, clientId: '', properties: asked });
    expect(connack.properties).toEqual({
      receiveMaximum: 100,
      maximumQoS: 1,
      maximumPacketSize: 149_504,
      topicAliasMaximum: 8,
      subscriptionIdentifierAvailable: 0,
      serverKeepAlive: 30,
      sessionExpiryInterval: 3600,
      assignedClientIdentifier: expect.any(String),
    });
  });
});

describe('other policies hold at once', () => {
  it('for messages of who is connected', () => {
    const rig = rigOf([ALL]);
    const client = rig.connect();
    client.subscribe('a');
    rig.replace({ policy: policy('Allow Connect *', 'Allow Publish topic/b') });
    rig.world.engine.publish('a', 'x');
    expect(client.received).toEqual([]);
    client.publish('a', 'x');
    expect(client.next('disconnect').reasonCode).toBe(0x87);
  });

  it('for whether it may be here, which no rate limits', () => {
    const rig = rigOf([ALL], { limitRates: true });
    const client = rig.connect();
    for (let count = 0; count < 3; count++) rig.replace({ policy: policy(ALL), limitRates: true });
    expect(client.isClosed).toBe(false);
    rig.replace({ policy: policy('Allow Connect client/other') });
    expect(client.next('disconnect').reasonCode).toBe(0x87);
    expect([rig.admitted.length, rig.turnedAway.length]).toEqual([1, 0]);
  });
});

describe('things and groups', () => {
  const things = (more: object) => ({
    certificates: { own: { certificateId: certificate.fingerprint } },
    policies: {},
    things: { lamp: {}, shade: { certificates: ['own'], ...more } },
  });
  const statement = 'Allow Connect client/${iot:Connection.Thing.ThingName}';

  it('stand for a client with the name of a thing that its certificate is attached to', () => {
    const rig = rigOf([statement], { things: things({}) });
    const codes = ['lamp', 'shade', 'other'].map((clientId) => rig.begin({ clientId }).next('connack').reasonCode);
    expect(codes).toEqual([0, 0, 0x87]);
  });

  it('give their type and attributes to policies', () => {
    const more = { type: 'blind', attributes: { room: 'hall' } };
    const variables = '${iot:Connection.Thing.ThingTypeName}/${iot:Connection.Thing.Attributes[room]}';
    const rig = rigOf(['Allow Connect *', `Allow Publish topic/${variables}`], { things: things(more) });
    const client = rig.connect({ clientId: 'shade' });
    client.publish('blind/hall', 'x', { qos: 1 });
    expect(client.next('puback').reasonCode).toBe(0);
    client.publish('blind/attic', 'x', { qos: 1 });
    expect(client.next('puback').reasonCode).toBe(0x87);
  });
});
