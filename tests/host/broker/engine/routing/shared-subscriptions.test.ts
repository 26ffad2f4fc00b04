import { describe, expect, it } from 'vitest';
import { ALLOW, refuse } from '../../../../../host/broker/index.js';
import { type TestClient, textOf, World } from '../../world.js';

const lasting = { protocolVersion: 5, cleanStart: false, properties: { sessionExpiryInterval: 100 } } as const;

function members(world: World, names: string[], qos: 0 | 1 | 2 = 1, filter = '$share/g/a'): TestClient[] {
  return names.map((clientId) => {
    const client = world.connect({ ...lasting, clientId });
    expect(client.subscribe(filter, { qos })).toEqual([qos]);
    return client;
  });
}

const publish = (world: World, values: string[], qos: 0 | 1 | 2 = 1) => {
  for (const value of values) world.engine.publish('a', value, { qos });
};

describe('a shared subscription (4.8.2)', () => {
  it.each([0, 1, 2] as const)('gives each message of QoS %i to one of its members, in turn', (qos) => {
    const world = new World();
    const [one, two, three] = members(world, ['one', 'two', 'three'], qos);
    publish(world, ['1', '2', '3', '4', '5', '6'], qos);
    expect([one, two, three].map((client) => client.messages())).toEqual([
      ['a=1', 'a=4'],
      ['a=2', 'a=5'],
      ['a=3', 'a=6'],
    ]);
    expect(world.eventsOf('published').map(({ recipients }) => recipients)).toEqual(Array(6).fill(1));
  });

  it('is another one for another share name or another filter', () => {
    const world = new World();
    const all = ['$share/g/a', '$share/h/a', '$share/g/+'].map((filter, n) => members(world, [`c${n}`], 1, filter)[0]);
    publish(world, ['x']);
    expect(all.map((client) => client.messages())).toEqual([['a=x'], ['a=x'], ['a=x']]);
  });

  it('matches as its filter does, and not topics that begin with "$share"', () => {
    const world = new World();
    const [client] = members(world, ['one'], 0, '$share/g/sport/+/#');
    for (const topic of ['sport/tennis', 'sport/tennis/score', 'sport', '$share/g/sport/a']) {
      world.engine.publish(topic, 'x');
    }
    expect(client.messages()).toEqual(['sport/tennis=x', 'sport/tennis/score=x']);
  });

  it('and one that is not shared get a message each, also in one session', () => {
    const world = new World();
    const [client] = members(world, ['one']);
    client.subscribe('a', { qos: 1 });
    publish(world, ['x']);
    expect(client.messages()).toEqual(['a=x', 'a=x']);
  });

  it('sends with the QoS that was granted to the member (MQTT-4.8.2-3), and its identifier', () => {
    const world = new World();
    const one = world.connect({ protocolVersion: 5, clientId: 'one' });
    one.subscribe('$share/g/a', { qos: 0 }, 7);
    const two = world.connect({ protocolVersion: 5, clientId: 'two' });
    two.subscribe('$share/g/a', { qos: 2 }, 8);
    publish(world, ['1', '2'], 2);
    const [first, second] = [one.next('publish'), two.next('publish')];
    expect([first.qos, first.properties?.subscriptionIdentifier]).toEqual([0, [7]]);
    expect([second.qos, second.properties?.subscriptionIdentifier]).toEqual([2, [8]]);
  });

  it('gets no retained messages', () => {
    const world = new World();
    world.engine.publish('a', 'kept', { retain: true });
    const [client] = members(world, ['one']);
    expect(client.received).toEqual([]);
  });

  it('may be made by clients of 3.1.1 too; without a share name or a filter it is refused', () => {
    const world = new World();
    const client = world.connect({ protocolVersion: 4 });
    const filters = ['$share/g/a', '$share/g', '$share//a', '$share/+/a', '$share/g/'];
    const subscriptions = filters.map((topicFilter) => ({ topicFilter, qos: 0 as const }));
    client.send({ type: 'subscribe', packetId: 1, subscriptions });
    expect(client.next('suback').reasonCodes).toEqual([0, 0x80, 0x80, 0x80, 0x80]);
    publish(world, ['x']);
    expect(client.messages()).toEqual(['a=x']);
  });

  it('with No Local is a Protocol Error (MQTT-3.8.3-4)', () => {
    const client = new World().connect({ protocolVersion: 5 });
    const bytes = Buffer.from('8210000100000a2473686172652f672f6104', 'hex');
    client.raw(bytes);
    expect(client.next('disconnect').reasonCode).toBe(0x82);
  });

  it('ends with UNSUBSCRIBE, and with its last member nothing is left of it', () => {
    const world = new World();
    const [one, two] = members(world, ['one', 'two'], 0);
    one.send({ type: 'unsubscribe', packetId: 9, topicFilters: ['$share/g/a'] });
    expect(one.next('unsuback').reasonCodes).toEqual([0]);
    publish(world, ['1', '2'], 0);
    expect([one.messages(), two.messages()]).toEqual([[], ['a=1', 'a=2']]);
    two.send({ type: 'unsubscribe', packetId: 9, topicFilters: ['$share/g/a'] });
    two.next('unsuback');
    publish(world, ['3'], 0);
    expect(two.received).toEqual([]);
    expect(world.engine.counts.subscriptions).toBe(0);
  });
});

describe('a member of a shared subscription', () => {
  it('that is away or behind is passed over while another can send at once', () => {
    const world = new World({ limits: { inflightMessages: 1 } });
    const [one, two, three] = members(world, ['one', 'two', 'three']);
    two.drop();
    // Its window is full.
    publish(world, ['1']);
    expect(one.messages()).toEqual(['a=1']);
    world.engine.publish('a', '2', { qos: 1 });
    expect(three.messages()).toEqual(['a=2']);
    expect(world.connect({ ...lasting, clientId: 'two' }).received).toEqual([]);
  });

  it('queues messages when nobody can send at once, a connected one before one that is away', () => {
    const world = new World({ limits: { inflightMessages: 1 } });
    const [one, two] = members(world, ['one', 'two']);
    two.drop();
    publish(world, ['1', '2']);
    const { packetId } = one.next('publish');
    one.send({ type: 'puback', packetId: packetId!, reasonCode: 0 });
    expect(one.messages()).toEqual(['a=2']);
    one.drop();
    publish(world, ['3', '4']);
    const back = world.connect({ ...lasting, clientId: 'two' });
    const got = back.messages();
    expect(got.length).toBeGreaterThan(0);
    expect(world.eventsOf('dropped')).toEqual([]);
  });

  it('that may not receive a message leaves it to another', () => {
    const receive = ({ clientId }: { clientId: string }) => (clientId === 'one' ? refuse('no') : ALLOW);
    const world = new World({ rules: { receive } });
    const [one, two] = members(world, ['one', 'two']);
    publish(world, ['1', '2']);
    expect([one.messages(), two.messages()]).toEqual([[], ['a=1', 'a=2']]);
  });

  it('that has no room for it is not named as the one that lost it, when another has room', () => {
    const world = new World({ limits: { queuedMessages: 1 } });
    const [one, two] = members(world, ['one', 'two']);
    one.drop();
    two.drop();
    publish(world, ['1', '2', '3']);
    expect(world.eventsOf('dropped')).toHaveLength(1);
    const got = ['one', 'two'].map((clientId) => world.connect({ ...lasting, clientId }).messages());
    expect(got.flat().sort()).toEqual(['a=1', 'a=2']);
  });
});

describe('what a leaving member of a shared subscription had', () => {
  it('queued goes to another that is connected, when it loses its connection', () => {
    const world = new World({ limits: { inflightMessages: 1 } });
    const [one, two] = members(world, ['one', 'two']);
    publish(world, ['1', '2', '3', '4']);
    expect([one.messages(), two.next('publish')]).toMatchObject([['a=1'], {}]);
    one.drop();
    const got: string[] = [];
    two.send({ type: 'puback', packetId: 1, reasonCode: 0 });
    for (let packet = two.received.shift(); packet; packet = two.received.shift()) {
      if (packet.type !== 'publish') continue;
      got.push(textOf(packet));
      two.send({ type: 'puback', packetId: packet.packetId!, reasonCode: 0 });
    }
    expect(got.sort()).toEqual(['3', '4']);
    expect(world.connect({ ...lasting, clientId: 'one' }).messages(), 'what was sent is its own').toEqual(['a=1']);
  });

  it('stays with it when nobody else is connected', () => {
    const world = new World({ limits: { inflightMessages: 1 } });
    const [one] = members(world, ['one']);
    publish(world, ['1', '2']);
    one.drop();
    const back = world.connect({ ...lasting, clientId: 'one' });
    back.send({ type: 'puback', packetId: back.next('publish').packetId!, reasonCode: 0 });
    expect(back.messages()).toEqual(['a=2']);
  });

  it('unacknowledged with QoS 1 goes to another when its session ends', () => {
    const world = new World();
    const [one, two] = members(world, ['one', 'two']);
    publish(world, ['1']);
    expect(one.messages()).toEqual(['a=1']);
    one.drop();
    expect(two.received).toEqual([]);
    world.advance(100_000);
    expect(two.messages()).toEqual(['a=1']);
  });

  it('in flight with QoS 2 is completed with the same client (MQTT-4.8.2-4)', () => {
    const world = new World();
    const [one, two] = members(world, ['one', 'two'], 2);
    publish(world, ['1'], 2);
    const { packetId } = one.next('publish');
    one.drop();
    const back = world.connect({ ...lasting, clientId: 'one' });
    expect(back.next('publish')).toMatchObject({ packetId, dup: true });
    back.send({ type: 'pubrec', packetId: packetId!, reasonCode: 0 });
    expect(back.next('pubrel').packetId).toBe(packetId);
    expect(two.received).toEqual([]);
  });

  it('in flight with QoS 2 goes to no other when its session ends (MQTT-4.8.2-5)', () => {
    const world = new World();
    const [one, two] = members(world, ['one', 'two'], 2);
    publish(world, ['1'], 2);
    one.drop();
    world.advance(100_000);
    expect(world.engine.counts.sessions).toBe(1);
    expect(two.received).toEqual([]);
  });

  it.each(['puback', 'pubrec'] as const)('refused with an error in %s goes to no other (MQTT-4.8.2-6)', (type) => {
    const world = new World();
    const qos = type === 'puback' ? 1 : 2;
    const [one, two] = members(world, ['one', 'two'], qos);
    publish(world, ['1'], qos);
    one.send({ type, packetId: one.next('publish').packetId!, reasonCode: 0x97 });
    one.disconnect();
    world.advance(100_000);
    expect(two.received).toEqual([]);
  });

  it.each([1, 2] as const)('queued with QoS %i goes to another when it unsubscribes', (qos) => {
    const world = new World({ limits: { inflightMessages: 1 } });
    const [one, two] = members(world, ['one', 'two'], qos);
    two.drop();
    publish(world, ['1', '2'], qos);
    expect(one.messages()).toEqual(['a=1']);
    const back = world.connect({ ...lasting, clientId: 'two' });
    one.send({ type: 'unsubscribe', packetId: 9, topicFilters: ['$share/g/a'] });
    expect(back.messages()).toEqual(['a=2']);
  });
});
