import { beforeAll, describe, expect, it } from 'vitest';
import type { Engine } from './engines.js';
import { hostSteps } from './host-steps.js';
import type { Steps } from './steps.js';
import { callSteps, derSteps, hexSteps, mqttSteps, otherSteps, sessionSteps, utf8Steps } from './vector-steps.js';

/** The tests that all engines of a machine pass. A slow machine runs fewer sessions and texts. */
export function expectSameAsNode(where: string, makeEngines: () => Engine[], isSlow = false): void {
  let engines: Engine[];
  beforeAll(() => {
    engines = makeEngines();
  }, 120_000);

  function expectSame(steps: Steps): void {
    for (const { name, replay } of engines) expect(steps.difference(replay(steps.bytes)), name).toBeUndefined();
  }

  describe(`the release core in wasm3, through wasm2c and with masked addresses ${where} does what it does in Node`, () => {
    it('for every vector of MQTT: results, records, lists, and the bytes of encoding', () => expectSame(mqttSteps()));

    it('for every vector of DER, certificates, requests, CRLs and keys, also at the very end of memory', () =>
      expectSame(derSteps()));

    it('for every vector of single calls and of sessions', () => {
      expectSame(callSteps());
      expectSame(sessionSteps());
    });

    it('for hex of every byte, also in place, and for every octet that is not a digit', () => expectSame(hexSteps()));

    it('for UTF-8 of many first and second bytes', () => expectSame(utf8Steps(isSlow ? 37 : 7)));

    it('for version, heap base, and properties of every identifier', () => expectSame(otherSteps()));

    it('for the calls of host/core in sessions with loss, delay and reconnects, and with packets and objects', () =>
      expectSame(hostSteps(isSlow ? 12 : 60)));
  });
}
