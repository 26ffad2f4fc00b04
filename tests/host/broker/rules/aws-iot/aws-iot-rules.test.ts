// biome-ignore-all lint/suspicious/noTemplateCurlyInString: the variables are the policies'
import { beforeAll, describe, expect, it } from 'vitest';
import type { ClientCertificate } from '../../../../../host/broker/index.js';
import { text } from '../../world.js';
import { ALL, AwsIotRig, lampCertificate, policy, type RigFiles } from './aws-iot-rig.js';

let certificate: ClientCertificate;

beforeAll(async () => {
  certificate = await lampCertificate();
});

const rigOf = (statements: string[], more: Partial<RigFiles> = {}) =>
  new AwsIotRig(certificate, { policy: policy(...statements), ...more });

const will = (topic: string, more: object = {}) => ({
  will: { topic, payload: text('bye'), qos: 0 as const, retain: false, ...more },
});

describe('AWS IoT lets a client come in', () => {
  it('whose certificate has a policy for its client id', () => {
    const rig = rigOf(['Allow Connect client/${iot:Connection.Thing.ThingName}']);
    expect(rig.connect().connack.reasonCode).toBe(0);
    const other = rig.begin({ clientId: 'other' });
    expect(other.next('connack')).toMatchObject({ reasonCode: 0x87 });
    expect(rig.refusals).toMatchObject([{ clientId: 'other', action: 'iot:Connect', resource: 'client/other' }]);
    expect(rig.refusals[0].explanation.edit).toContain('connect with client id lamp');
  });

  it('and closes without CONNACK before MQTT 5 otherwise', () => {
    const client = rigOf(['Allow Connect client/x']).begin({ protocolVersion: 4 });
    expect(client.received).toEqual([]);
    expect(client.isClosed).toBe(true);
  });

  it('with a will that it may publish, and retain if it is retained', () => {
    const rig = rigOf([
      'Allow Connect *',
      'Allow Publish topic/w',
      'Allow RetainPublish topic/r',
      'Allow Publish topic/r',
    ]);
    const codeOf = (topic: string, retain: boolean) => rig.begin(will(topic, { retain })).next('connack').reasonCode;
    expect([codeOf('w', false), codeOf('w', true), codeOf('r', true), codeOf('x', false)]).toEqual([0, 0x87, 0, 0x87]);
    expect(rig.refusals).toMatchObject([
      { action: 'iot:RetainPublish', resource: 'topic/w' },
      { action: 'iot:Publish', resource: 'topic/x' },
    ]);
  });

  it('whose will and session a condition allows', () => {
    const condition = { 'ForAllValues:StringEquals': { 'iot:ConnectAttributes': ['PersistentConnect'] } };
    const Statement = { Effect: 'Allow', Action: 'iot:*', Resource: '*', Condition: condition };
    const rig = new AwsIotRig(certificate, { policy: JSON.stringify({ Version: '2012-10-17', Statement }) });
    const lasting = { properties: { sessionExpiryInterval: 10 } };
    const codes = [lasting, {}, will('w')].map((options) => rig.begin(options).next('connack').reasonCode);
    expect(codes).toEqual([0, 0, 0x87]);
  });

  it.each([
    ['x'.repeat(129), 0x85],
    ['$lamp', 0x85],
    ['x'.repeat(128), 0],
  ])('with a client id that is not too long, nor reserved: %s', (clientId, reasonCode) => {
    expect(rigOf([ALL]).begin({ clientId }).next('connack')).toMatchObject({ reasonCode });
  });

  it('once a second with one client id', () => {
    const rig = rigOf([ALL], { limitRates: true });
    const codes = [0, 999, 1].map((wait) => {
      rig.world.advance(wait);
      return rig.begin().next('connack').reasonCode;
    });
    expect(codes).toEqual([0, 0x97, 0]);
    expect(rig.begin({ clientId: 'other' }).next('connack').reasonCode).toBe(0);
  });

  it('once a second, from the same address and port too', () => {
    const rig = rigOf([ALL], { limitRates: true });
    rig.connect({}, '192.0.2.7:1').disconnect();
    expect(rig.begin({}, '192.0.2.7:1').next('connack').reasonCode).toBe(0x97);
  });

  it.each([
    ['INACTIVE', /DEVICE_CERTIFICATE_INACTIVE/],
    ['REVOKED', /DEVICE_CERTIFICATE_REVOKED/],
  ])('only with a certificate that is not %s', (status, reason) => {
    const things = { certificates: { [certificate.fingerprint]: { status } } };
    const rig = rigOf([ALL], { things });
    expect(rig.rules.objectionTo(certificate)).toMatch(reason);
    expect(rig.begin().next('connack').reasonCode).toBe(0x87);
  });

  it('only with a certificate that is registered and in its time', () => {
    const rig = rigOf([ALL]);
    expect(rig.rules.objectionTo(certificate)).toBe(undefined);
    expect(rig.rules.objectionTo({ ...certificate, fingerprint: '0'.repeat(64) })).toMatch(/NOT_REGISTERED/);
    expect(rig.rules.objectionTo(undefined)).toMatch(/NOT_AUTHENTICATED/);
    rig.wallClock += 366 * 86_400_000;
    expect(rig.rules.objectionTo(certificate)).toMatch(/has expired/);
    rig.wallClock = 0;
    expect(rig.rules.objectionTo(certificate)).toMatch(/not valid before/);
  });
});

describe('AWS IoT lets a client publish', () => {
  it('what its policies allow, and otherwise answers and disconnects in MQTT 5', () => {
    const rig = rigOf(['Allow Connect *', 'Allow Publish topic/sensor/*']);
    const client = rig.connect();
    client.publish('sensor/1', 'x', { qos: 1 });
    expect(client.next('puback').reasonCode).toBe(0);
    client.publish('sensors', 'x', { qos: 1 });
    expect(client.received).toMatchObject([
      { type: 'puback', reasonCode: 0x87 },
      { type: 'disconnect', reasonCode: 0x87, properties: { reasonString: expect.stringContaining('iot:Publish') } },
    ]);
    expect(rig.refusals).toMatchObject([{ action: 'iot:Publish', resource: 'topic/sensors', statement: undefined }]);
    expect(rig.refusals[0].explanation).toMatchObject({ nearest: 'topic/sensor/*', edit: expect.any(String) });
  });

  it('and closes without a word before MQTT 5', () => {
    const client = rigOf(['Allow Connect *']).connect({ protocolVersion: 4 });
    client.publish('a', 'x', { qos: 1 });
    expect(client.received).toEqual([]);
    expect(client.isClosed).toBe(true);
  });

  it('retained messages with RetainPublish besides', () => {
    const rig = rigOf(['Allow Connect *', 'Allow Publish *', 'Allow RetainPublish topic/yes']);
    const client = rig.connect();
    client.publish('yes', 'x', { qos: 1, retain: true });
    expect(client.next('puback').reasonCode).toBe(0);
    client.publish('no', 'x', { qos: 1, retain: true });
    expect(client.next('puback').reasonCode).toBe(0x87);
    expect(rig.refusals).toMatchObject([{ action: 'iot:RetainPublish', resource: 'topic/no' }]);
  });

  it('but not what a statement denies, which the refusal names', () => {
    const rig = rigOf([ALL, 'Deny Publish topic/a']);
    rig.connect().publish('a', 'x');
    expect(rig.refusals).toMatchObject([{ statement: { policy: 'lamp', index: 2, line: 1 } }]);
  });

  it.each([
    ['a topic of 256 bytes', 'x'.repeat(256), 1, true],
    ['a topic of 257 bytes', 'x'.repeat(257), 1, false],
    ['seven slashes', 'a/b/c/d/e/f/g/h', 1, true],
    ['eight slashes', 'a/b/c/d/e/f/g/h/i', 1, false],
    ['128 KiB', 'a', 131_072, true],
    ['a byte more', 'a', 131_073, false],
    ['a topic of Basic Ingest, whose first levels do not count', '$aws/rules/r/a/b/c/d/e/f/g/h', 1, true],
    ['a topic of Basic Ingest that is too deep', '$aws/rules/r/a/b/c/d/e/f/g/h/i', 1, false],
    ['a shadow request', '$aws/things/lamp/shadow/get', 1, true],
    ['a topic that is not one of its own', '$aws/other/x', 1, false],
    ['$SYS', '$SYS/x', 1, false],
    ['another topic with $', '$x', 1, false],
  ])('within its limits: %s', (_, topic, size, isTaken) => {
    const client = rigOf([ALL]).connect();
    client.publish(topic, 'x'.repeat(size), { qos: 1 });
    const [answer] = client.received;
    if (isTaken) expect(answer).toMatchObject({ type: 'puback', reasonCode: 0 });
    else expect(answer.type).toBe('disconnect');
    expect(client.isClosed).toBe(!isTaken);
  });

  it('nothing retained on reserved topics', () => {
    const client = rigOf([ALL]).connect();
    client.publish('$aws/things/lamp/shadow/get', '', { qos: 1, retain: true });
    expect(client.next('disconnect').reasonCode).toBe(0x90);
  });

  it('a hundred messages a second, and drops the others', () => {
    const rig = rigOf([ALL], { limitRates: true });
    const client = rig.connect();
    for (let count = 0; count < 101; count++) client.publish('a', 'x', { qos: 1 });
    expect(client.received.filter((packet) => packet.type === 'puback' && packet.reasonCode === 0x97)).toHaveLength(1);
    rig.world.advance(1000);
    client.received.length = 0;
    client.publish('a', 'x', { qos: 1 });
    expect(client.next('puback').reasonCode).toBe(0);
  });

  it('with a count for each connection, whatever address and port it has', () => {
    const rig = rigOf([ALL], { limitRates: true });
    // The first publishes late, the second at once.
    const times = [
      { away: 0, silent: 900 },
      { away: 100, silent: 0 },
    ];
    const refused = times.map(({ away, silent }) => {
      rig.world.advance(away);
      const client = rig.connect({}, '192.0.2.7:1');
      rig.world.advance(silent);
      for (let count = 0; count < 100; count++) client.publish('a', 'x', { qos: 1 });
      client.disconnect();
      return client.received.filter((packet) => packet.type === 'puback' && packet.reasonCode !== 0).length;
    });
    expect(refused).toEqual([0, 0]);
  });

  it('no QoS 2', () => {
    const client = rigOf([ALL]).connect();
    client.publish('a', 'x', { qos: 2 });
    expect(client.next('disconnect').reasonCode).toBe(0x9b);
  });
});

describe('AWS IoT lets a client subscribe', () => {
  it('to filters that its policies allow literally, and otherwise answers and disconnects in MQTT 5', () => {
    const rig = rigOf(['Allow Connect *', 'Allow Subscribe topicfilter/a/+/b']);
    const client = rig.connect();
    expect(client.subscribe('a/+/b')).toEqual([0]);
    expect(client.subscribe('a/x/b')).toEqual([0x87]);
    expect(client.next('disconnect').reasonCode).toBe(0x87);
    expect(rig.refusals).toMatchObject([{ action: 'iot:Subscribe', resource: 'topicfilter/a/x/b' }]);
  });

  it('to shared filters by their whole text', () => {
    const rig = rigOf(['Allow Connect *', 'Allow Subscribe topicfilter/$share/g/a']);
    const client = rig.connect();
    expect(client.subscribe('$share/g/a')).toEqual([0]);
    expect(client.subscribe('a')).toEqual([0x87]);
  });

  it.each([
    ['QoS 2', 'a', 2, 0x9b],
    ['a filter of 257 bytes', 'x'.repeat(257), 0, 0x8f],
    ['eight slashes', 'a/b/c/d/e/f/g/h/i', 0, 0x8f],
    ['a filter of $SYS', '$SYS/#', 0, 0x8f],
    ['all of AWS', '$aws/#', 0, 0x8f],
    ['Basic Ingest', '$aws/rules/r/a', 0, 0x8f],
    ['a share name of 129 characters', `$share/${'g'.repeat(129)}/a`, 0, 0x8f],
  ] as const)('but not with %s', (_, topicFilter, qos, reasonCode) => {
    const client = rigOf([ALL]).connect();
    client.send({ type: 'subscribe', packetId: 1, subscriptions: [{ topicFilter, qos }] });
    expect(client.next('disconnect').reasonCode).toBe(reasonCode);
  });

  it('with identifiers not at all, and with eight filters at a time', () => {
    const rig = rigOf([ALL]);
    const client = rig.connect();
    const subscriptions = Array.from({ length: 9 }, (_, at) => ({ topicFilter: `${at}`, qos: 0 as const }));
    client.send({ type: 'subscribe', packetId: 1, subscriptions: subscriptions.slice(1) });
    client.next('suback');
    client.send({ type: 'subscribe', packetId: 1, subscriptions });
    expect(client.next('disconnect').reasonCode).toBe(0x97);
    const other = rig.connect();
    const properties = { subscriptionIdentifier: [1] };
    other.send({ type: 'subscribe', packetId: 1, subscriptions: subscriptions.slice(1), properties });
    expect(other.next('disconnect').reasonCode).toBe(0xa1);
  });

  it('to fifty filters', () => {
    const client = rigOf([ALL]).connect();
    for (let count = 0; count < 50; count++) expect(client.subscribe(`${count}`)).toEqual([0]);
    expect(client.subscribe('one more')).toEqual([0x97]);
  });
});
