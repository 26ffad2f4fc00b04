import { describe, expect, it } from 'vitest';
import { ALLOW, refuse } from '../../../../host/broker/index.js';
import type { LocalMessage } from '../../../../host/broker/local/local-messages.js';
import { LocalRig, turns } from './local-rig.js';

const textOf = ({ payload }: LocalMessage) => Buffer.from(payload).toString();

describe('a local client', () => {
  it.each([0, 1, 2] as const)('publishes and receives at QoS %i', async (qos) => {
    const { local } = new LocalRig();
    const [writer, reader] = [await local.connect(), await local.connect()];
    const got: string[] = [];
    await reader.subscribe('a/+', { qos }, (message) => {
      got.push(`${message.topic}=${textOf(message)} q${message.qos}`);
    });
    for (const value of ['1', '2', '3']) await writer.publish('a/b', value, { qos });
    await turns();
    expect(got).toEqual(['1', '2', '3'].map((value) => `a/b=${value} q${qos}`));
  });

  it('resolves a publish above QoS 0 when the broker acknowledged it, not before', async () => {
    const rig = new LocalRig();
    const client = await rig.local.connect();
    let isDone = false;
    const held: Uint8Array[] = [];
    // A journal holds back what acknowledges until it has committed.
    const { local } = rig;
    const send = local.send.bind(local);
    local.send = (_id, bytes) => held.push(bytes);
    const publishing = client.publish('a', 'x', { qos: 1 }).then(() => {
      isDone = true;
    });
    await turns();
    expect(rig.topics).toEqual(['a']);
    expect(isDone).toBe(false);
    for (const bytes of held) send(1, bytes);
    await publishing;
    expect(isDone).toBe(true);
  });

  it('keeps what it sends while the engine takes nothing from it, however much that is', async () => {
    const { local, engine, events } = new LocalRig({ limits: { maximumPacketSize: 5000, workPerTurn: 50 } });
    const [writer, reader] = [await local.connect(), await local.connect()];
    const got: string[] = [];
    await reader.subscribe('a', {}, (message) => void got.push(textOf(message)[0]));
    for (let n = 0; n < 20; n++) await (await local.connect()).subscribe('a', {}, () => {});
    const values = Array.from('0123456789');
    const publishing = values.map((value) => writer.publish('a', value.padEnd(1000), { qos: 1 }));
    for (let turn = 0; turn < 200; turn++) {
      if (engine.nextDeadline(0) === 0) engine.tick(0);
      await turns(1);
    }
    await Promise.all(publishing);
    expect(got).toEqual(values);
    expect(events.filter(({ type }) => type === 'disconnected')).toEqual([]);
  });

  it('acknowledges a message when its handler has finished, in the order of the messages', async () => {
    const acknowledged: number[] = [];
    const rig = new LocalRig({
      taps: [{ packet: ({ packet }) => packet.type === 'puback' && acknowledged.push(packet.packetId) }],
    });
    const client = await rig.local.connect();
    const finish: (() => void)[] = [];
    await client.subscribe('a', { qos: 1 }, () => new Promise<void>((resolve) => finish.push(resolve)));
    for (const value of ['1', '2']) rig.engine.publish('a', value, { qos: 1 });
    await turns();
    expect(finish).toHaveLength(2);
    finish[1]();
    await turns();
    expect(acknowledged).toEqual([]);
    finish[0]();
    await turns();
    expect(acknowledged).toEqual([1, 2]);
  });

  it('has no more messages above QoS 0 than its window at a time, and gets the rest later', async () => {
    const rig = new LocalRig();
    const client = await rig.local.connect({ window: 3 });
    let running = 0;
    let most = 0;
    let count = 0;
    await client.subscribe('a', { qos: 1 }, async () => {
      most = Math.max(most, ++running);
      await turns(2);
      running--;
      count++;
    });
    for (let index = 0; index < 20; index++) rig.engine.publish('a', String(index), { qos: 1 });
    await turns(60);
    expect([most, count]).toEqual([3, 20]);
  });

  it('makes the broker hold back QoS 0 messages while handlers have too many bytes of them', async () => {
    const rig = new LocalRig({ limits: { backlogBytes: 100, queuedMessages: 5 } });
    const client = await rig.local.connect();
    let finish!: () => void;
    const gate = new Promise<void>((resolve) => {
      finish = resolve;
    });
    let count = 0;
    await client.subscribe('a', {}, () => {
      count++;
      return gate;
    });
    for (let index = 0; index < 20; index++) {
      rig.engine.publish('a', 'x'.repeat(49));
      await turns(1);
    }
    expect(count).toBe(3);
    expect(rig.events.filter(({ type }) => type === 'dropped')).toHaveLength(12);
    finish();
    await turns();
    expect(count).toBe(8);
  });

  it('publishes any number of messages at once, in order, within what the broker takes', async () => {
    const rig = new LocalRig();
    const client = await rig.local.connect();
    const topics = Array.from({ length: 500 }, (_, index) => `t/${index}`);
    await Promise.all(topics.map((topic) => client.publish(topic, 'x', { qos: 2 })));
    expect(rig.topics).toEqual(topics);
  });

  it('refuses a publish when too many wait', async () => {
    const { local } = new LocalRig({ limits: { receiveMaximum: 1 } });
    const client = await local.connect({ maximumQueued: 2 });
    const results = await Promise.allSettled(
      ['1', '2', '3', '4'].map((value) => client.publish('a', value, { qos: 2 })),
    );
    expect(results.map(({ status }) => status)).toEqual(['fulfilled', 'fulfilled', 'fulfilled', 'rejected']);
    expect(results[3]).toMatchObject({ reason: { code: 'queue-full' } });
  });

  it('lets other work have its turn between publishes that are waited for', async () => {
    const { local } = new LocalRig();
    const client = await local.connect();
    let isOver = false;
    setImmediate(() => {
      isOver = true;
    });
    let count = 0;
    while (!isOver && count < 1000) {
      await client.publish('a', 'x');
      count++;
    }
    expect(count).toBeLessThan(1000);
  });

  it('finishes a message whose handler threw, and reports it', async () => {
    const rig = new LocalRig();
    const errors: unknown[] = [];
    const client = await rig.local.connect({ window: 1, onError: (error) => errors.push(error) });
    const got: string[] = [];
    await client.subscribe('a', { qos: 2 }, (message) => {
      got.push(textOf(message));
      if (textOf(message) === '1') throw new Error('no room');
    });
    for (const value of ['1', '2']) rig.engine.publish('a', value, { qos: 2 });
    await turns(10);
    expect(got).toEqual(['1', '2']);
    expect(errors).toMatchObject([{ message: 'no room' }]);
  });

  it('reaches each handler whose filter matches, with one message', async () => {
    const rig = new LocalRig();
    const client = await rig.local.connect();
    const got: string[] = [];
    for (const filter of ['a/#', 'a/b', 'c']) {
      await client.subscribe(filter, { qos: 1 }, () => {
        got.push(filter);
      });
    }
    rig.engine.publish('a/b', 'x', { qos: 1 });
    await turns();
    expect(got).toEqual(['a/#', 'a/b']);
    await client.unsubscribe('a/#');
    rig.engine.publish('a/b', 'x', { qos: 1 });
    await turns();
    expect(got).toEqual(['a/#', 'a/b', 'a/b']);
  });

  it('does not get what it published where it asked not to (3.8.3-3)', async () => {
    const rig = new LocalRig();
    const client = await rig.local.connect();
    const got: string[] = [];
    await client.subscribe('#', { noLocal: true }, ({ topic }) => {
      got.push(topic);
    });
    await client.publish('own', 'x');
    rig.engine.publish('other', 'x');
    await turns();
    expect(got).toEqual(['other']);
  });

  it('takes up a session with what waited in it, and hands that to onMessage', async () => {
    const rig = new LocalRig();
    const options = { clientId: 'c', cleanStart: false, sessionExpiryInterval: 60 };
    const first = await rig.local.connect(options);
    await first.subscribe('a', { qos: 1 }, () => {});
    await first.close();
    rig.engine.publish('a', 'waited', { qos: 1 });
    const got: string[] = [];
    const onMessage = (message: LocalMessage) => {
      got.push(textOf(message));
    };
    const second = await rig.local.connect({ ...options, onMessage });
    expect(second.sessionPresent).toBe(true);
    await turns();
    expect(got).toEqual(['waited']);
  });

  it('rejects what rules refuse, with the reason code', async () => {
    const rig = new LocalRig({
      rules: {
        publish: (_client, { topic }) => (topic === 'secret' ? refuse('not this one') : ALLOW),
        subscribe: () => refuse('no'),
      },
    });
    const client = await rig.local.connect();
    await expect(client.publish('secret', 'x', { qos: 1 })).rejects.toMatchObject({
      code: 'refused',
      reasonCode: 0x87,
    });
    await expect(client.subscribe('a', {}, () => {})).rejects.toMatchObject({ code: 'refused', reasonCode: 0x87 });
    await expect(client.publish('open', 'x', { qos: 1 })).resolves.toBeUndefined();
  });

  it.each([
    ['a topic with a wildcard', 'a/#', 'x', {}],
    ['a message above the largest packet of the broker', 'a', 'x'.repeat(2000), {}],
    ['a QoS above what the broker takes', 'a', 'x', { qos: 2 }],
  ] as const)('rejects %s and goes on', async (_name, topic, payload, options) => {
    const { local } = new LocalRig({ limits: { maximumPacketSize: 1000, maximumQoS: 1 } });
    const client = await local.connect();
    await expect(client.publish(topic, payload, options)).rejects.toMatchObject({ code: 'invalid' });
    await expect(client.publish('a', 'x', { qos: 1 })).resolves.toBeUndefined();
  });

  it('is refused with what the rules say', async () => {
    const { local } = new LocalRig({ rules: { connect: () => refuse('closed today') } });
    await expect(local.connect()).rejects.toMatchObject({ code: 'refused', reasonCode: 0x87 });
  });

  it('rejects what waits when the broker ends, and says why', async () => {
    const { local, engine } = new LocalRig();
    const client = await local.connect();
    engine.shutDown();
    const publishing = client.publish('a', 'x', { qos: 1 });
    await expect(publishing).rejects.toMatchObject({ code: 'closed' });
    expect(await client.closed).toBe('the server is shutting down');
    await expect(client.publish('a', 'x')).rejects.toMatchObject({ code: 'closed' });
    await client.close();
  });

  it('that closes is a client that disconnects: its session ends, nothing is left', async () => {
    const { local, engine, events } = new LocalRig();
    const client = await local.connect({ clientId: 'c' });
    await client.close();
    expect(await client.closed).toBe('the local client closed');
    expect(events.at(-1)).toMatchObject({ type: 'disconnected', clientId: 'c', reasonCode: 0 });
    expect([engine.counts.connections, local.size]).toEqual([0, 0]);
  });

  it('may publish to $SYS', async () => {
    const rig = new LocalRig();
    await (await rig.local.connect()).publish('$SYS/x', 'x', { qos: 1 });
    expect(rig.topics).toEqual(['$SYS/x']);
  });
});
