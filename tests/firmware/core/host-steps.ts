import { expect } from 'vitest';
import { encodePacket, LARGEST_PACKET, PacketDecoder } from '../../../host/core/index.js';
import { randomOptions } from '../../host/core/session/random-options.js';
import { Simulation } from '../../host/core/session/simulation.js';
import { bytesOf, title, valid } from '../../host/core/support/mqtt-vectors.js';
import { recorded } from './recording-instance.js';
import type { Steps } from './steps.js';

/**
 * Sessions with loss, delay, repeated packets and reconnects, then encoding and decoding of every valid vector, by host/core:
 * its instance has to be the recording one.
 */
export function hostSteps(sessions: number): Steps {
  const { steps, label } = recorded;
  for (let seed = 1; seed <= sessions; seed++) {
    label.text = `session of seed ${seed}`;
    new Simulation(randomOptions(seed)).run();
  }
  for (const name of ['init', 'send', 'receive', 'arrived', 'poll', 'deadline'])
    expect(steps.callsOf(`session_${name}`), name).toBeGreaterThan(sessions / 3);
  // A session that is taken up again is closed by that.
  const ends = steps.callsOf('session_close') + steps.callsOf('session_restore');
  expect(ends, 'close and restore').toBeGreaterThan(sessions / 3);
  for (const vector of valid) {
    label.text = title(vector);
    const { packet, protocolVersion, maximumPacketSize = LARGEST_PACKET } = vector;
    if (protocolVersion > 3) encodePacket(packet, packet.type === 'connect' ? packet.protocolVersion : protocolVersion);
    new PacketDecoder({ protocolVersion, maximumPacketSize, strict: vector.strict }).push(bytesOf(vector));
  }
  return steps;
}
