import { describe, expect, it } from 'vitest';
import { refuse } from '../../../../host/broker/index.js';
import { BridgeRig, topic } from './bridge-rig.js';

const STATE = '$SYS/broker/connection/bridge/state';

describe('a bridge', () => {
  describe.each([3, 4, 5] as const)('of protocol version %i', (protocolVersion) => {
    const options = { protocolVersion, tryPrivate: false };

    it.each([0, 1, 2] as const)(
      'carries messages out and in at QoS %i, under the names that its prefixes make',
      async (qos) => {
        const topics = [...topic('a/#', 'out', qos, 'here/', 'there/'), ...topic('b/#', 'in', qos, 'here/', 'there/')];
        const rig = new BridgeRig({ ...options, topics });
        await rig.start();
        const [near, far] = [rig.subscriber('near', 'here/b/#', 2), rig.subscriber('far', 'there/a/#', 2)];
        rig.near.engine.publish('here/a/1', 'out', { qos });
        rig.near.engine.publish('a/1', 'elsewhere', { qos });
        rig.far.engine.publish('there/b/1', 'in', { qos });
        rig.far.engine.publish('here/b/1', 'elsewhere', { qos });
        await rig.settle();
        expect(far.messages()).toEqual(['there/a/1=out']);
        expect(near.messages()).toEqual(['here/b/1=in']);
      },
    );

    it('acknowledges a message of its own broker when the other one has it', async () => {
      const rig = new BridgeRig({ ...options, topics: topic('a', 'out', 1) });
      rig.isUp = false;
      await rig.start();
      for (let index = 0; index < 50; index++) rig.near.engine.publish('a', String(index), { qos: 1 });
      await rig.settle();
      expect(rig.near.engine.inspection.totals().clients).toBe(0);
      rig.isUp = true;
      const far = rig.subscriber('far', 'a');
      await rig.advance(60);
      expect(far.messages()).toEqual(Array.from({ length: 50 }, (_, index) => `a=${index}`));
    });

    it('loses no message above QoS 0 and from 3.1.1 on doubles none of QoS 2, however often the connection is cut', async () => {
      const rig = new BridgeRig({ ...options, topics: [...topic('out/#', 'out', 2), ...topic('in/#', 'in', 2)] });
      await rig.start();
      const [near, far] = [rig.subscriber('near', 'in/#'), rig.subscriber('far', 'out/#')];
      const sent: Record<'in' | 'out', string[]> = { in: [], out: [] };
      let seed = 7;
      const random = (below: number) => {
        seed = (seed * 1_103_515_245 + 12_345) % 0x8000_0000;
        return Math.floor((seed / 0x8000_0000) * below);
      };
      for (let round = 0; round < 120; round++) {
        const qos = random(2) === 0 ? 1 : 2;
        rig.near.engine.publish(`out/${qos}`, String(round), { qos });
        rig.far.engine.publish(`in/${qos}`, String(round), { qos });
        sent.out.push(`out/${qos}=${round}`);
        sent.in.push(`in/${qos}=${round}`);
        if (random(4) > 0) await rig.exchange(random(6));
        if (random(6) === 0) await rig.drop();
        if (random(3) === 0) await rig.advance(random(40));
      }
      await rig.advance(120);
      const check = (got: string[], expected: string[]) => {
        expect(new Set(got)).toEqual(new Set(expected));
        const doubled = got.filter((message, index) => got.indexOf(message) !== index);
        if (protocolVersion > 3) expect(doubled.filter((message) => /^\w+\/2=/.test(message))).toEqual([]);
      };
      check(far.messages(), sent.out);
      check(near.messages(), sent.in);
    });
  });

  it('does not bring back what it carried out, nor the other way round', async () => {
    const rig = new BridgeRig();
    await rig.start();
    const [near, far] = [rig.subscriber('near', '#'), rig.subscriber('far', '#')];
    rig.near.engine.publish('a', 'out', { qos: 1 });
    rig.far.engine.publish('b', 'in', { qos: 1 });
    await rig.settle();
    expect(near.messages().sort()).toEqual(['a=out', 'b=in']);
    expect(far.messages().sort()).toEqual(['a=out', 'b=in']);
  });

  it('keeps the RETAIN flag both ways, unless it is to go out without', async () => {
    const rig = new BridgeRig();
    await rig.start();
    rig.near.engine.publish('a', 'out', { retain: true });
    rig.far.engine.publish('b', 'in', { retain: true });
    await rig.settle();
    expect(rig.subscriber('far', 'a').messages()).toEqual(['a=out']);
    expect(rig.subscriber('near', 'b').messages()).toEqual(['b=in']);
    const plain = new BridgeRig({ outgoingRetain: false });
    await plain.start();
    plain.near.engine.publish('a', 'out', { retain: true });
    await plain.settle();
    expect(plain.subscriber('far', 'a').messages()).toEqual([]);
  });

  it('passes on the properties of a message in MQTT 5, and not those of its delivery', async () => {
    const rig = new BridgeRig();
    await rig.start();
    const far = rig.far.connect({ clientId: 'far', protocolVersion: 5 });
    far.subscribe('a');
    const properties = { contentType: 'text', userProperty: [['k', 'v']] as [string, string][] };
    rig.near.engine.publish('a', 'x', { properties });
    await rig.settle();
    expect(far.next('publish').properties).toEqual(properties);
  });

  it('waits longer after each failure, up to the cap, and tries one address after the other', async () => {
    const addresses = ['one', 'two'].map((host) => ({ host, port: 1883 }));
    const rig = new BridgeRig({ addresses, restart: { base: 2, cap: 10 } });
    rig.isUp = false;
    await rig.start();
    await rig.advance(40);
    expect(rig.opened.slice(0, 4)).toEqual(['one:1883', 'two:1883', 'one:1883', 'two:1883']);
    const delays = rig.events.flatMap((event) => (event.type === 'disconnected' ? [event.retryIn] : []));
    expect(delays.slice(0, 5)).toEqual([4, 7, 10, 10, 10]);
    rig.isUp = true;
    await rig.advance(10);
    expect(rig.machine.isConnected).toBe(true);
    await rig.drop();
    expect(rig.events.at(-1)).toMatchObject({ type: 'disconnected', reason: 'the cable was cut', retryIn: 4 });
    await rig.advance(4);
    expect(rig.opened.at(-1)).toBe('one:1883');
  });

  it('begins at its main address when it is started again', async () => {
    const rig = new BridgeRig({ addresses: ['one', 'two'].map((host) => ({ host, port: 1883 })) });
    await rig.start();
    rig.machine.stop(rig.near.now);
    rig.machine.start(rig.near.now);
    await rig.settle();
    expect(rig.opened).toEqual(['one:1883', 'one:1883']);
  });

  it('does not connect again when it starts once', async () => {
    const rig = new BridgeRig({ start: 'once' });
    await rig.start();
    await rig.drop();
    await rig.advance(1000);
    expect(rig.opened).toHaveLength(1);
    expect(rig.events.at(-1)).not.toHaveProperty('retryIn');
  });

  it('says on both sides whether it is connected, also when it is lost', async () => {
    const rig = new BridgeRig();
    rig.isUp = false;
    await rig.start();
    const near = rig.subscriber('near', STATE, 1);
    const far = rig.subscriber('far', STATE, 1);
    expect(near.messages()).toEqual([`${STATE}=0`]);
    rig.isUp = true;
    await rig.advance(30);
    expect(near.messages()).toEqual([`${STATE}=1`]);
    expect(far.messages()).toEqual([`${STATE}=1`]);
    await rig.drop();
    expect(near.messages()).toEqual([`${STATE}=0`]);
    expect(far.messages()).toEqual([`${STATE}=0`]);
    await rig.advance(30);
    rig.machine.stop(rig.near.now);
    await rig.settle();
    expect(near.messages()).toEqual([`${STATE}=1`, `${STATE}=0`]);
    expect(far.messages()).toEqual([`${STATE}=1`, `${STATE}=0`]);
  });

  it.each([
    ['local', 1, 0],
    ['none', 0, 0],
  ] as const)('says so at %s only when it is asked to', async (notifications, near, far) => {
    const rig = new BridgeRig({ notifications });
    await rig.start();
    expect(rig.subscriber('near', STATE).messages()).toHaveLength(near);
    expect(rig.subscriber('far', STATE).messages()).toHaveLength(far);
  });

  it('reports why the other broker refuses it, and goes on trying', async () => {
    const rig = new BridgeRig({}, { limits: { sessions: 1 } });
    rig.far.connect({ clientId: 'other', cleanStart: true });
    await rig.start();
    expect(rig.events.at(-1)).toMatchObject({
      type: 'disconnected',
      address: 'far:1883',
      reason: expect.stringMatching(/^the broker refused the bridge: quota exceeded/),
    });
    expect(rig.machine.nextDeadline(rig.near.now)).toBeGreaterThan(rig.near.now);
  });

  it('gives up on a broker that does not answer', async () => {
    const rig = new BridgeRig();
    const open = rig.far.engine.receive.bind(rig.far.engine);
    rig.far.engine.receive = () => {};
    await rig.start();
    await rig.advance(30);
    expect(rig.events.at(-1)).toMatchObject({ reason: 'the broker does not answer' });
    rig.far.engine.receive = open;
    await rig.advance(30);
    expect(rig.machine.isConnected).toBe(true);
  });

  it('keeps the connection alive', async () => {
    const rig = new BridgeRig({ keepAlive: 10 });
    await rig.start();
    await rig.advance(100);
    expect(rig.opened).toHaveLength(1);
    expect(rig.machine.isConnected).toBe(true);
  });

  it('drops what one of the brokers does not take, says so, and goes on', async () => {
    const rules = {
      publish: (_client: unknown, { topic: name }: { topic: string }) =>
        name === 'in/bad' ? refuse('not here') : ({ allow: true } as const),
    };
    const rig = new BridgeRig({ topics: topic('#', 'both', 1), maximumPacketSize: 100 }, { rules });
    await rig.start();
    const [near, far] = [rig.subscriber('near', 'in/#'), rig.subscriber('far', 'out/#')];
    rig.near.engine.publish('out/large', 'x'.repeat(200), { qos: 1 });
    rig.far.engine.publish('in/bad', 'x', { qos: 1 });
    rig.near.engine.publish('out/good', 'x', { qos: 1 });
    rig.far.engine.publish('in/good', 'x', { qos: 1 });
    await rig.settle();
    expect(far.messages()).toEqual(['out/good=x']);
    expect(near.messages()).toEqual(['in/good=x']);
    const dropped = rig.events.filter(({ type }) => type === 'dropped');
    expect(dropped).toMatchObject([
      { direction: 'out', topic: 'out/large', reason: 'it is larger than 100 bytes' },
      { direction: 'in', topic: 'in/bad', reason: expect.stringContaining('0x87') },
    ]);
    expect(rig.far.engine.inspection.totals().inflightMessages).toBe(0);
  });

  it('reports a filter that the other broker refuses', async () => {
    const rig = new BridgeRig({ topics: topic('1/2/3/4/5/6', 'in', 1) }, { limits: { topicLevels: 5 } });
    await rig.start();
    expect(rig.events.at(-1)).toMatchObject({ type: 'not subscribed', topicFilter: '1/2/3/4/5/6', reasonCode: 0x8f });
  });

  it('unsubscribes from what an earlier configuration brought in', async () => {
    const rig = new BridgeRig({ topics: topic('a', 'both', 1) });
    await rig.start();
    await rig.drop();
    expect([...rig.far.engine.inspection.subscriptions('bridge')]).toHaveLength(1);
    const later = new BridgeRig({ topics: topic('a', 'out', 1) });
    later.far.connect({ clientId: 'bridge', cleanStart: false }).subscribe('a');
    await later.start();
    expect([...later.far.engine.inspection.subscriptions('bridge')]).toEqual([]);
  });
});
