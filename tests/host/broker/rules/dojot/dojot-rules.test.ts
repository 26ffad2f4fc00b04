import { describe, expect, it } from 'vitest';
import { type DojotRulesOptions, dojotRules, type RuleRefusal } from '../../../../../host/broker/index.js';
import { certificateOf, World } from '../../world.js';
import { PUBLISHES, type Row, SUBSCRIPTIONS } from './rule-table.js';

const LIFETIME = 1_800_000;
const services = { k2v: new Set(['k2v-bridge']), v2k: new Set(['v2k-bridge']) };
const claims = { services, lifetime: LIFETIME, identity: 'claim' } as const;

/** A broker with these rules; by default users are who they say. */
const world = (options: Partial<DojotRulesOptions> = {}) => new World({ rules: dojotRules({ ...claims, ...options }) });

const withCertificate = (name: string) => ({ tls: { certificate: certificateOf(name) } });
const title = ({ user = 'nobody', topic, allowed }: Row) =>
  `${user || 'an empty name'}: ${topic} ${allowed ? 'yes' : 'no'}`;

describe('publishing', () => {
  it.each(PUBLISHES.map((row) => [title(row), row] as const))('%s', (_, { user, topic, allowed, reason }) => {
    const broker = world();
    const client = broker.connect({ protocolVersion: 5, userName: user });
    client.publish(topic, '{}', { qos: 1 });
    const { reasonCode, properties } = client.next('puback');
    expect(reasonCode).toBe(allowed ? 0x10 : 0x87);
    if (reason) expect(properties?.reasonString).toMatch(reason);
    expect(client.isClosed).toBe(false);
    expect(broker.eventsOf('dropped').length).toBe(allowed ? 0 : 1);
  });

  it('that is refused ends a connection of 3.1.1 at any QoS, and its will is published', () => {
    for (const qos of [0, 1, 2] as const) {
      const broker = world();
      const bridge = broker.connect({ clientId: 'v2k', userName: 'v2k-bridge' });
      bridge.subscribe('#');
      const will = { topic: 'admin:a/attrs', payload: Buffer.from('{}'), qos: 0, retain: false } as const;
      const device = broker.connect({ clientId: 'd', userName: 'admin:a', will });
      device.publish('admin:b/attrs', '{"a":1}', { qos });
      expect(device.isClosed).toBe(true);
      expect(device.received).toEqual([]);
      expect(bridge.messages()).toEqual(['admin:a/attrs={}']);
      expect(broker.eventsOf('disconnected')[0].reason).toBe(
        'admin:a publishes to admin:a/attrs only, not to admin:b/attrs',
      );
    }
  });

  it('that is refused in 3.1 pretends to succeed', () => {
    const device = world().connect({ protocolVersion: 3, userName: 'admin:a' });
    device.publish('admin:b/attrs', '{}', { qos: 1 });
    expect(device.next('puback').reasonCode).toBe(0);
    expect(device.isClosed).toBe(false);
  });
});

describe('subscribing', () => {
  it.each(SUBSCRIPTIONS.map((row) => [title(row), row] as const))('%s', (_, { user, topic, allowed, reason }) => {
    const broker = world();
    const codes = [4, 5].map((protocolVersion) => {
      const client = broker.connect({
        clientId: `v${protocolVersion}`,
        protocolVersion: protocolVersion as 5,
        userName: user,
      });
      return client.subscribe(topic)[0];
    });
    expect(codes).toEqual(allowed ? [0, 0] : [0x80, 0x87]);
    const [{ subscriptions }] = broker.eventsOf('subscribed');
    if (reason) expect(subscriptions[0].reason).toMatch(reason);
  });

  it('checks each filter of a packet, not the first alone', () => {
    const device = world().connect({ protocolVersion: 5, userName: 'admin:a' });
    const subscriptions = ['admin:a/config', '#'].map((topicFilter) => ({ topicFilter, qos: 0 as const }));
    device.send({ type: 'subscribe', packetId: 1, subscriptions });
    expect(device.next('suback').reasonCodes).toEqual([0, 0x87]);
  });
});

it('each refusal is reported, with the reason that a client of MQTT 5 gets', () => {
  const seen: RuleRefusal[] = [];
  const broker = world({ onRefusal: (refusal) => seen.push(refusal) });
  const device = broker.connect({ clientId: 'd', protocolVersion: 5, userName: 'admin:a' });
  device.publish('admin:b/attrs', '{}');
  device.subscribe('#');
  const who = { clientId: 'd', userName: 'admin:a' };
  expect(seen).toEqual([
    {
      ...who,
      action: 'publish',
      topic: 'admin:b/attrs',
      reason: 'admin:a publishes to admin:a/attrs only, not to admin:b/attrs',
    },
    { ...who, action: 'subscribe', topic: '#', reason: 'admin:a subscribes to admin:a/config only, not to #' },
  ]);
});

describe('who a client is', () => {
  it('is the common name of its certificate, whatever CONNECT says', () => {
    const broker = world({ identity: 'common-name' });
    const device = broker.connect({ protocolVersion: 5, userName: 'v2k-bridge' }, withCertificate('admin:a'));
    expect(device.subscribe('#')).toEqual([0x87]);
    expect(broker.eventsOf('connected')[0].userName).toBe('admin:a');
  });

  it('is not known without a certificate, or with one without a name', () => {
    const broker = world({ identity: 'common-name' });
    for (const info of [{}, withCertificate('')]) {
      expect(broker.connect({ userName: 'admin:a' }, info).connack.reasonCode).toBe(5);
    }
  });

  it('is the owner of its certificate, where those are asked', async () => {
    const owners = new Map([['aa', 'admin:a']]);
    const ownerOf = async ({ fingerprint }: { fingerprint: string }) => {
      if (fingerprint === 'ee') throw new Error('certificate-acl is away');
      return owners.get(fingerprint);
    };
    const broker = world({ identity: { ownerOf } });
    const come = async (fingerprint: string) => {
      const certificate = { ...certificateOf('anything'), fingerprint };
      const client = broker.begin({ clientId: fingerprint, protocolVersion: 5 }, { tls: { certificate } });
      await Promise.resolve().then(() => {});
      for (let turn = 0; turn < 10; turn++) await Promise.resolve();
      broker.advance(0);
      return client.next('connack').reasonCode;
    };
    expect(await come('aa')).toBe(0);
    expect(await come('bb')).toBe(0x87);
    expect(await come('ee')).toBe(0x88);
    expect(broker.eventsOf('connected')[0].userName).toBe('admin:a');
    expect(broker.eventsOf('refused').map(({ reason }) => reason)).toEqual([
      'nobody owns the certificate with the fingerprint BB',
      'the owner of the certificate is not known: certificate-acl is away',
    ]);
  });

  it('holds for a client id too: another user does not get the session, nor ends it', () => {
    const broker = world();
    const device = broker.connect({ clientId: 'x', userName: 'admin:a', cleanStart: false });
    expect(broker.connect({ clientId: 'x', userName: 'admin:b' }).connack.reasonCode).toBe(2);
    expect(device.isClosed).toBe(false);
  });
});

describe('a CONNECT', () => {
  it('with a will that may not be published is refused', () => {
    const broker = world();
    const will = { topic: 'admin:a/config', payload: Buffer.from('{}'), qos: 0, retain: false } as const;
    expect(broker.connect({ userName: 'admin:a', will }).connack.reasonCode).toBe(5);
    expect(broker.eventsOf('refused')[0].reason).toMatch(/^the will: admin:a publishes to admin:a\/attrs only/);
  });

  it('with a client id of more than 100 bytes is refused', () => {
    expect(world().connect({ clientId: 'x'.repeat(100), userName: 'admin:a' }).connack.reasonCode).toBe(0);
    expect(world().connect({ clientId: 'é'.repeat(51), userName: 'admin:a' }).connack.reasonCode).toBe(2);
  });
});

describe('the time of a device', () => {
  it('ends after its lifetime, with 0xA0 in MQTT 5; its session stays, its will is published', () => {
    const broker = world();
    const bridge = broker.connect({ clientId: 'v2k', userName: 'v2k-bridge' });
    bridge.subscribe('#');
    const will = { topic: 'admin:a/attrs', payload: Buffer.from('{}'), qos: 0, retain: false } as const;
    const properties = { sessionExpiryInterval: 0xffffffff };
    const options = {
      clientId: 'd',
      userName: 'admin:a',
      protocolVersion: 5,
      cleanStart: false,
      properties,
      will,
    } as const;
    const device = broker.connect(options);
    device.subscribe('admin:a/config', { qos: 1 });
    broker.advance(LIFETIME - 1);
    expect(device.isClosed).toBe(false);
    broker.advance(1);
    expect(device.next('disconnect').reasonCode).toBe(0xa0);
    expect(device.isClosed).toBe(true);
    expect(bridge.messages()).toEqual(['admin:a/attrs={}']);
    broker.connect({ clientId: 'k2v', userName: 'k2v-bridge' }).publish('admin:a/config', '1', { qos: 1 });
    const back = broker.connect(options);
    expect(back.connack.sessionPresent).toBe(true);
    expect(back.messages()).toEqual(['admin:a/config=1']);
  });

  it('begins again with each connection', () => {
    const broker = world();
    broker.connect({ userName: 'admin:a' });
    broker.advance(LIFETIME - 1);
    const second = broker.connect({ userName: 'admin:a' });
    broker.advance(LIFETIME - 1);
    expect(second.isClosed).toBe(false);
    broker.advance(1);
    expect(second.isClosed).toBe(true);
    expect(broker.engine.nextDeadline(broker.now)).toBeUndefined();
  });

  it('is not limited for services, and for names without a tenant', () => {
    const broker = world({ services: { ...services, v2k: new Set(['admin:bridge']) } });
    const others = ['admin:bridge', 'k2v-bridge', 'a:b:c', undefined];
    const clients = others.map((userName, at) => broker.connect({ clientId: `${at}`, userName }));
    broker.advance(10 * LIFETIME);
    expect(clients.map(({ isClosed }) => isClosed)).toEqual([false, false, false, false]);
  });
});
