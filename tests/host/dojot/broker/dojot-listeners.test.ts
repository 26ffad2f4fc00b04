import { describe, expect, it } from 'vitest';
import {
  DOJOT_PORTS,
  dojotLimits,
  dojotListeners,
  type Generation,
  readVariables,
} from '../../../../host/dojot/broker/index.js';

const tls = { cert: 'cert', key: 'key', ca: 'ca' };

const listenersOf = (generation: Generation) =>
  dojotListeners(readVariables({}, generation).settings, { host: '0.0.0.0', ...DOJOT_PORTS }, tls);

describe.each([1, 2, 3] as const)('generation %i', (generation) => {
  const listeners = listenersOf(generation);

  it('has its ports', () => {
    const ports = listeners.map((each) => [each.protocol, 'port' in each && each.port]);
    const services = generation === 3 ? [['mqtts', 9883]] : [];
    expect(ports).toEqual([['mqtts', 8883], ...services, ['mqtt', 1883]]);
  });

  it('wants a certificate on each port with TLS, and takes names from it', () => {
    for (const each of listeners) {
      if (each.protocol !== 'mqtts') continue;
      expect(each.tls).toEqual({ ...tls, requireCertificate: true });
      expect(each.rules?.needsCertificate).toBe('identity');
    }
  });

  it('keeps the plain port on this machine, wherever the others are', () => {
    const plain = listeners.at(-1)!;
    expect(plain).toMatchObject({ protocol: 'mqtt' });
    expect(plain).not.toHaveProperty('host');
    expect(plain).not.toHaveProperty('beyondLoopback');
    expect(plain.rules?.needsCertificate).toBeUndefined();
  });
});

it('limits what waits for a client as the configurations of VerneMQ do', () => {
  expect(dojotLimits(1)).toMatchObject({ inflightMessages: 20, queuedMessages: 10_000 });
  expect(dojotLimits(3)).toMatchObject({ inflightMessages: 100, queuedMessages: 50_000 });
});
