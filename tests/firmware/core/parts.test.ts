// needs: gcc, stdio.h, wasm2c
import { beforeAll, describe, expect, it, vi } from 'vitest';
import { Abi } from '../../../build/abi/core.js';
import { temporaryFolder } from '../temporary-folder.js';
import { type Engine, wasm3 } from './engines.js';
import { hostSteps } from './host-steps.js';
import { aloneCall, PART, type Steps } from './steps.js';
import { derSteps, hexSteps, mqttSteps, utf8Steps } from './vector-steps.js';

vi.mock('../../../host/core/engine/core.js', async (original) => {
  const { recordingInstance } = await import('./recording-instance.js');
  return recordingInstance(original);
});

const NOT_COMPILED = -908;
const folder = temporaryFolder();
let interpreter: Engine;

beforeAll(() => {
  interpreter = wasm3(folder);
});

/** The runner has no heap once the core is open, so nothing can be compiled later. */
const expectSame = (steps: Steps, parts: number) =>
  expect(steps.difference(interpreter.replay(steps.bytes, undefined, parts))).toBeUndefined();

describe('parts of the core in wasm3', () => {
  it('are complete: each one alone does for its vectors what Node does', () => {
    expectSame(mqttSteps(), PART.MQTT);
    expectSame(derSteps(), PART.DER);
    expectSame(hexSteps(), PART.HEX);
    expectSame(utf8Steps(37), PART.MEMORY);
  });

  it('can be combined: sessions and packets make a client', () => expectSame(hostSteps(12), PART.SESSION | PART.MQTT));

  it('return NOT_COMPILED when they were not asked for, and the instance goes on', () => {
    const calls = Buffer.concat([aloneCall('x509_read', 0, 0, 0), aloneCall('abi_version')]);
    const given = interpreter.replay(calls, undefined, PART.MQTT);
    expect([given.readInt32LE(0), given.readInt32LE(8)]).toEqual([NOT_COMPILED, Abi.VERSION]);
  });

  it('take less heap than all of them', () => {
    const taken = (parts: number) => Number(interpreter.run('taken', { parts }));
    expect(taken(PART.HEX)).toBeLessThan(taken(PART.SESSION));
    expect(taken(PART.SESSION | PART.MQTT)).toBeLessThan(taken(0));
  });
});
