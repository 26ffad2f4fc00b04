import { describe, expect, it } from 'vitest';
import { completeLimits, DEFAULT_LIMITS, type Limits } from '../../../../host/broker/engine/broker-limits.js';
import { World } from '../world.js';

describe('limits', () => {
  it.each<[keyof Limits, number]>([
    ['maximumPacketSize', 0],
    ['maximumPacketSize', 268_435_461],
    ['connectPacketSize', 0],
    ['receiveMaximum', 0],
    ['receiveMaximum', 65_536],
    ['topicAliasMaximum', 65_536],
    ['maximumQoS', 3],
    ['inflightMessages', 0],
    ['connectTimeout', Number.NaN],
    ['connectTimeout', -1],
    ['queuedBytes', 1.5],
    ['sessions', '5' as never],
  ])('are refused when the broker is made, not at its first client: %s %s', (name, value) => {
    expect(() => new World({ limits: { [name]: value } })).toThrow(RangeError);
    expect(() => new World({ limits: { [name]: value } })).toThrow(`limits: ${name} is ${value}; use`);
  });

  it('that are left out or undefined have their defaults', () => {
    expect(completeLimits({ sessions: 5, connectTimeout: undefined })).toEqual({ ...DEFAULT_LIMITS, sessions: 5 });
    expect(completeLimits()).toEqual(DEFAULT_LIMITS);
  });

  it.each<Partial<Limits>>([
    { maximumPacketSize: 268_435_460, receiveMaximum: 65_535, topicAliasMaximum: 65_535, maximumQoS: 0 },
    { topicAliasMaximum: 0, receiveMaximum: 1, inflightMessages: 1 },
    { connectTimeout: Number.POSITIVE_INFINITY, queuedBytes: Number.POSITIVE_INFINITY },
  ])('at the ends of their ranges let a client of MQTT 5 in', (limits) => {
    const world = new World({ limits });
    expect(world.connect({ protocolVersion: 5, clientId: '' }).connack.reasonCode).toBe(0);
    expect(world.eventsOf('failed')).toEqual([]);
  });
});
