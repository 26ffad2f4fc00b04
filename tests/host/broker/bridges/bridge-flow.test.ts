import { describe, expect, it } from 'vitest';
import { BridgeRig, topic } from './bridge-rig.js';

describe('a bridge with messages on their way', () => {
  it('acknowledges a message of the other broker when its own one has it, and those before it', async () => {
    const rig = new BridgeRig({ topics: topic('a', 'in', 1) });
    await rig.start();
    const takes: (() => Promise<void>)[] = [];
    const publish = rig.client.publish.bind(rig.client);
    rig.client.publish = (...args) =>
      new Promise((resolve) => {
        takes.push(() => publish(...args).then(resolve));
      });
    for (const value of ['1', '2']) rig.far.engine.publish('a', value, { qos: 1 });
    const inflight = async () => {
      await rig.settle();
      return rig.far.engine.inspection.totals().inflightMessages;
    };
    expect(await inflight()).toBe(2);
    await takes[1]();
    expect(await inflight()).toBe(2);
    await takes[0]();
    expect(await inflight()).toBe(0);
  });

  it('sends again what the other broker has not acknowledged, also when that one has forgotten the session', async () => {
    const rig = new BridgeRig({ topics: topic('a', 'out', 2), cleanSession: true });
    await rig.start();
    const far = rig.subscriber('far', 'a');
    for (const qos of [1, 2] as const) rig.near.engine.publish('a', String(qos), { qos });
    // They are sent, and the cable is cut before they arrive.
    rig.isCut = true;
    await rig.settle();
    expect(far.messages()).toEqual([]);
    rig.isCut = false;
    await rig.drop();
    await rig.advance(30);
    expect(far.messages()).toEqual(['a=1', 'a=2']);
  });

  it('reads no further while its own broker has many messages to take, of any QoS', async () => {
    const rig = new BridgeRig({ topics: topic('a', 'in', 0) });
    await rig.start();
    let take!: () => void;
    const gate = new Promise<void>((resolve) => {
      take = resolve;
    });
    let count = 0;
    rig.client.publish = async () => {
      count++;
      await gate;
    };
    for (let index = 0; index < 3000; index++) rig.far.engine.publish('a', 'x'.repeat(50));
    await rig.settle();
    expect(count).toBeLessThan(300);
    expect(rig.isReading).toBe(false);
    take();
    await rig.settle();
    expect([count, rig.isReading]).toEqual([3000, true]);
  });

  it('holds messages back while the network takes nothing', async () => {
    const rig = new BridgeRig({ topics: topic('a', 'out', 0) });
    await rig.start();
    const far = rig.subscriber('far', 'a');
    rig.isSlow = true;
    for (const value of ['1', '2']) rig.near.engine.publish('a', value);
    await rig.settle();
    expect(far.messages()).toEqual([]);
    rig.isSlow = false;
    rig.machine.settle(rig.near.now);
    await rig.settle();
    expect(far.messages()).toEqual(['a=1', 'a=2']);
  });
});
