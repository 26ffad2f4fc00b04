import { describe, expect, it } from 'vitest';
import { TopicMap } from '../../../../host/broker/bridges/topic-map.js';
import { RestartDelays } from '../../../../host/mqtt-client/restart-delay.js';
import { BridgeRig, topic } from './bridge-rig.js';

describe('the options of a bridge', () => {
  it.each([
    [{ addresses: [] }, 'has no address'],
    [{ topics: [] }, 'carries no topics'],
    [{ protocolVersion: 6 as 5 }, 'protocol version 6; use 3'],
    [{ keepAlive: 4 }, 'keep-alive 4; use seconds from 5'],
    [{ topics: [{ ...topic('a', 'out')[0], removePrefix: 'b' }] }, 'does not begin with "b"'],
  ])('is refused with %j', (options, message) => {
    expect(() => new BridgeRig(options)).toThrow(message);
  });
});

describe('the topics of a bridge', () => {
  /** The table of mosquitto.conf(5), `topic`. */
  it.each([
    ['pattern', 'L/', 'R/', 'L/pattern', 'R/pattern'],
    ['pattern', 'L/', '', 'L/pattern', 'pattern'],
    ['pattern', '', 'R/', 'pattern', 'R/pattern'],
    ['pattern', '', '', 'pattern', 'pattern'],
    ['', 'local', 'remote', 'local', 'remote'],
  ])('rename as mosquitto.conf(5) has it: "%s" "%s" "%s"', (pattern, local, remote, here, there) => {
    const topics = topic(pattern, 'both', 1, local, remote);
    expect(new TopicMap(topics, 'out').rename(here)).toBe(there);
    expect(new TopicMap(topics, 'in').rename(there)).toBe(here);
    expect([...new TopicMap(topics, 'in').filters().keys()]).toEqual([there]);
  });

  it('rename by the first that matches, and leave the rest alone', () => {
    const map = new TopicMap([...topic('a/#', 'out', 0, '', 'first/'), ...topic('#', 'out', 2, '', 'second/')], 'out');
    expect(map.rename('a/b')).toBe('first/a/b');
    expect(map.rename('b')).toBe('second/b');
    expect(map.rename('$SYS/x')).toBeUndefined();
  });

  it('subscribe to each filter once, with the highest QoS', () => {
    const map = new TopicMap([...topic('a', 'out', 0), ...topic('a', 'out', 2), ...topic('a', 'out', 1)], 'out');
    expect([...map.filters()]).toEqual([['a', 2]]);
  });
});

describe('the delay before a bridge connects again', () => {
  it.each([0, 0.5, 0.999])('stays between base and cap, and begins at the base after a success', (random) => {
    const delays = new RestartDelays({ base: 5, cap: 30 }, () => random);
    const several = () => Array.from({ length: 20 }, () => delays.next());
    const first = several();
    for (const seconds of first) expect(seconds).toBeGreaterThanOrEqual(5);
    for (const seconds of first) expect(seconds).toBeLessThanOrEqual(30);
    delays.reset();
    expect(several()).toEqual(first);
  });

  it('is always the same when it is constant', () => {
    const delays = new RestartDelays({ constant: 20 }, () => 0.7);
    expect([delays.next(), delays.next()]).toEqual([20, 20]);
  });
});
