// needs: gcc, stdio.h, wasm2c
import { beforeAll, describe, expect, it, vi } from 'vitest';
import type { CoreExports } from '../../build/abi/core.js';
import { encodePacket, LARGEST_PACKET, PacketDecoder } from '../../host/core/index.js';
import { bytesOf, title, valid } from '../host/core/mqtt-vectors.js';
import { randomOptions } from '../host/session/random-options.js';
import { Simulation } from '../host/session/simulation.js';
import { type Engine, temporaryFolder, wasm2c, wasm3 } from './engines.js';
import type { Steps } from './steps.js';

/** What host/core calls, under the label of the moment. */
const recorded = vi.hoisted(() => ({ label: { text: '' } }) as { steps: Steps; label: { text: string } });

vi.mock('../../host/core/instance.js', async (original) => {
  process.env.WASMQTT_CORE = 'small';
  const { Steps } = await import('./steps.js');
  const module = await original<{ core: CoreExports }>();
  recorded.steps = new Steps(module.core);
  return { ...module, core: recorded.steps.recorder(recorded.label) };
});

const folder = temporaryFolder();
let engines: Engine[];

beforeAll(() => {
  engines = [wasm3(folder), wasm2c(folder)];
});

describe('what host/core has the core do in Node comes out the same in wasm3 and through wasm2c', () => {
  it('sessions with loss, delay, repeated packets and reconnects; encoding and decoding of every valid vector', () => {
    for (let seed = 1; seed <= 60; seed++) {
      recorded.label.text = `session of seed ${seed}`;
      new Simulation(randomOptions(seed)).run();
    }
    for (const vector of valid) {
      recorded.label.text = title(vector);
      const { packet, protocolVersion, maximumPacketSize = LARGEST_PACKET } = vector;
      if (protocolVersion > 3)
        encodePacket(packet, packet.type === 'connect' ? packet.protocolVersion : protocolVersion);
      new PacketDecoder({ protocolVersion, maximumPacketSize, strict: vector.strict }).push(bytesOf(vector));
    }
    const { steps } = recorded;
    for (const name of ['init', 'send', 'receive', 'poll', 'deadline', 'close'])
      expect(steps.callsOf(`session_${name}`), name).toBeGreaterThan(20);
    for (const { name, replay } of engines) expect(steps.difference(replay(steps.bytes)), name).toBeUndefined();
  });
});
