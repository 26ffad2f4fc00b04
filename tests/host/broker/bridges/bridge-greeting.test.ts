import { describe, expect, it } from 'vitest';
import { bridgeConnect, bridgeFilters } from '../../../../host/broker/bridges/bridge-greeting.js';
import type { BridgeOptions } from '../../../../host/broker/bridges/bridge-setup.js';
import { TopicMap } from '../../../../host/broker/bridges/topic-map.js';
import { topic } from './bridge-rig.js';

const bridge: BridgeOptions = {
  name: 'b',
  addresses: [{ host: 'far', port: 1883 }],
  topics: topic('a', 'both'),
  remoteClientId: 'bridge',
};

describe('the CONNECT of a bridge', () => {
  it.each<[Partial<BridgeOptions>, object | undefined]>([
    [{ protocolVersion: 4 }, undefined],
    [{ protocolVersion: 5 }, { receiveMaximum: 20, sessionExpiryInterval: 0xffffffff }],
    [{ protocolVersion: 5, cleanSession: true }, { receiveMaximum: 20 }],
    [{ protocolVersion: 5, sessionExpiryInterval: 0, receiveMaximum: 5 }, { receiveMaximum: 5 }],
    [
      { protocolVersion: 5, cleanSession: true, sessionExpiryInterval: 60 },
      { receiveMaximum: 20, sessionExpiryInterval: 60 },
    ],
  ])('keeps the session as long as it is asked to: %j', (options, properties) => {
    expect(bridgeConnect({ ...bridge, ...options }, undefined).properties).toEqual(properties);
  });
});

describe('what a bridge asks for', () => {
  const filtersOf = (options: Partial<BridgeOptions>) => {
    const all = { ...bridge, ...options };
    return [...bridgeFilters(all, new TopicMap(all.topics, 'in'))];
  };

  it('is in the order of its topics: what comes in, and what only goes out no more', () => {
    const topics = [
      ...topic('out', 'out', 1),
      ...topic('both', 'both', 2),
      ...topic('in', 'in'),
      ...topic('out', 'out'),
    ];
    const wanted = [
      ['both', 2],
      ['in', 0],
    ];
    expect(filtersOf({ topics })).toEqual([['out', undefined], ...wanted]);
    expect(filtersOf({ topics, attemptUnsubscribe: false })).toEqual(wanted);
  });

  it('is under the names of the other broker', () => {
    const topics = [...topic('x/#', 'in', 1, 'here/', 'there/'), ...topic('y', 'out', 1, 'here/', 'there/')];
    expect(filtersOf({ topics })).toEqual([
      ['there/x/#', 1],
      ['there/y', undefined],
    ]);
  });
});
