import { describe, expect, it } from 'vitest';
import { BridgeRig, topic } from './bridge-rig.js';

const STATE = '$SYS/broker/connection/bridge/state';

describe('a lazy bridge', () => {
  const lazy = { start: 'lazy', threshold: 3, idleTimeout: 20 } as const;

  it.each([0, 1, 2] as const)('connects when so many messages wait, of QoS %i, and carries them all', async (qos) => {
    const rig = new BridgeRig({ ...lazy, topics: topic('a', 'out', qos) });
    await rig.start();
    const far = rig.subscriber('far', 'a');
    for (const value of ['1', '2']) rig.near.engine.publish('a', value, { qos });
    await rig.advance(60);
    expect(rig.opened).toEqual([]);
    rig.near.engine.publish('a', '3', { qos });
    await rig.advance(1);
    expect(rig.opened).toHaveLength(1);
    expect(far.messages()).toEqual(['a=1', 'a=2', 'a=3']);
  });

  it('counts those that its own broker holds back', async () => {
    const rig = new BridgeRig({ ...lazy, threshold: 100, topics: topic('a', 'out', 1) });
    await rig.start();
    for (let n = 0; n < 99; n++) rig.near.engine.publish('a', String(n), { qos: 1 });
    await rig.advance(10);
    expect(rig.opened).toEqual([]);
    rig.near.engine.publish('a', '99', { qos: 1 });
    const far = rig.subscriber('far', 'a');
    await rig.advance(1);
    expect(far.messages()).toHaveLength(100);
  });

  it('disconnects when it has carried nothing for long enough, and connects again', async () => {
    const rig = new BridgeRig({ ...lazy, addresses: ['one', 'two'].map((host) => ({ host, port: 1883 })) });
    await rig.start();
    for (const value of ['1', '2', '3']) rig.near.engine.publish('a', value, { qos: 1 });
    await rig.advance(15);
    rig.near.engine.publish('a', '4', { qos: 1 });
    await rig.advance(15);
    rig.far.engine.publish('b', '1', { qos: 1 });
    await rig.advance(19);
    expect(rig.machine.isConnected).toBe(true);
    await rig.advance(2);
    expect(rig.machine.isConnected).toBe(false);
    expect(rig.events.at(-1)).toEqual({ type: 'resting', bridge: 'b', address: 'one:1883' });
    await rig.advance(1000);
    expect(rig.opened).toHaveLength(1);
    for (const value of ['5', '6', '7']) rig.near.engine.publish('a', value, { qos: 1 });
    await rig.advance(1);
    expect(rig.opened).toEqual(['one:1883', 'one:1883']);
  });

  it('says on both sides whether it is connected', async () => {
    const rig = new BridgeRig(lazy);
    await rig.start();
    const [near, far] = [rig.subscriber('near', STATE, 1), rig.subscriber('far', STATE, 1)];
    for (const value of ['1', '2', '3']) rig.near.engine.publish('a', value, { qos: 1 });
    await rig.advance(30);
    expect(near.messages()).toEqual([`${STATE}=0`, `${STATE}=1`, `${STATE}=0`]);
    expect(far.messages()).toEqual([`${STATE}=1`, `${STATE}=0`]);
  });

  it('waits after a failure as every bridge, and keeps what waits', async () => {
    const rig = new BridgeRig({ ...lazy, restart: { constant: 30 }, topics: topic('a', 'out', 0) });
    rig.isUp = false;
    await rig.start();
    for (const value of ['1', '2', '3']) rig.near.engine.publish('a', value);
    await rig.advance(29);
    expect(rig.opened).toHaveLength(1);
    rig.isUp = true;
    const far = rig.subscriber('far', 'a');
    await rig.advance(3);
    expect(rig.opened).toHaveLength(2);
    expect(far.messages()).toEqual(['a=1', 'a=2', 'a=3']);
  });
});
