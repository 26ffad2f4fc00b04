// needs: clang-14, wasm-ld-14, wasi/stdio.h, libclang_rt.builtins-wasm32, wasi/c++/v1/string, wasi/libc++abi.a
import { beforeAll, describe, expect, it } from 'vitest';
import type { GuestModule } from '../../../../host/microvisor/index.js';
import type { Pki } from '../../../../host/pki/index.js';
import { compiledExample, ExampleRun, examplePki, storesOf } from './rig/example-run.js';

const EXAMPLES = ['bare', 'tasks', 'cpp'];

let pki: Pki;
let modules: Record<string, GuestModule>;

beforeAll(async () => {
  pki = await examplePki();
  modules = {};
  for (const name of EXAMPLES) modules[name] = await compiledExample(name);
});

const start = (name: string, { stores = storesOf(pki), seed = 1 } = {}) =>
  ExampleRun.start(modules[name], { stores, seed });

describe('the examples that only publish, in virtual time', () => {
  it('bare: sleeps until an interrupt, or until a second has passed', async () => {
    const { device, payloads } = await start('bare');
    await device.advance(3500);
    expect(device.log).toEqual(['connecting to localhost:8883', 'connected']);
    expect(payloads.map((text) => JSON.parse(text).seconds)).toEqual([1, 2, 3]);
    const { interrupts } = JSON.parse(payloads[2]);
    expect(device.events.filter(({ event }) => event === 'interrupt').length).toBe(interrupts + 1);
  });

  it('tasks: one task measures and toggles the LED, another one logs and publishes', async () => {
    const { device, payloads } = await start('tasks');
    await device.advance(2700);
    const readings = device.log.filter((line) => line.startsWith('reading'));
    expect(readings).toEqual([0, 1, 2, 3, 4, 5].map((n) => `reading ${n + 1} at ${n * 500} ms`));
    expect(payloads).toEqual([4, 5, 6].map((n) => `{"reading":${n}}`));
    const pins = device.events.filter((event) => event.event === 'pin');
    expect(pins.map(({ pin, level, by }) => [pin, level, by])).toEqual(
      [1, 0, 1, 0, 1, 0].map((level) => ['PA5', level, 'application']),
    );
  });

  it('cpp: classes are tasks, and a task that has done its work ends', async () => {
    const { device, payloads } = await start('cpp');
    await device.advance(5000);
    const counted = device.log.filter((line) => line.startsWith('single'));
    expect(counted).toEqual(['single: 1, several: 0', 'single: 1, several: 1', 'single: 1, several: 2']);
    expect(device.events).toContainEqual(expect.objectContaining({ event: 'taskEnded', task: 'presser' }));
    expect(payloads.at(-1)).toBe('{"several":2,"single":1}');
  });

  it.each(EXAMPLES)('%s: connects by mutual TLS, and publishes on after a drop', async (name) => {
    const run = await start(name);
    await run.device.advance(5000);
    expect(run.requests[0]).toMatchObject({
      host: 'localhost',
      port: 8883,
      ca: [new Uint8Array(pki.ca.certificateDer)],
      clientChain: [new Uint8Array(pki.device.certificateDer)],
      clientKey: new Uint8Array(pki.device.privateKeyPkcs8),
    });
    const before = run.payloads.length;
    run.broker.drop();
    await run.device.advance(5000);
    expect(run.requests).toHaveLength(2);
    expect(run.device.log).toContain('disconnected (0); next attempt in 1000 ms');
    expect(run.payloads.length).toBeGreaterThan(before);
  });

  it.each(EXAMPLES)('%s: waits longer each time while the broker is away', async (name) => {
    const run = await start(name);
    run.broker.isReachable = false;
    await run.device.advance(20_000);
    const pauses = run.device.log.flatMap((line) => /next attempt in (\d+) ms$/.exec(line)?.[1] ?? []);
    expect(pauses).toEqual(['1000', '2000', '4000', '8000', '16000']);
    run.broker.isReachable = true;
    await run.device.until('published');
  });

  it('a value that is missing is named, and asked for again', async () => {
    const { cert: _missing, ...others } = storesOf(pki);
    const { device } = await start('bare', { stores: others });
    await device.advance(3500);
    expect(device.log.filter((line) => /^cert: not found/.test(line))).toHaveLength(3);
  });

  it.each(EXAMPLES)('%s: the same run again has the same trace, byte for byte', async (name) => {
    const traces: string[] = [];
    for (let run = 0; run < 2; run++) {
      const { device, broker } = await start(name, { seed: 5 });
      await device.advance(20_000);
      broker.drop();
      await device.advance(40_000);
      traces.push(device.trace);
    }
    expect(traces[0].split('\n').length).toBeGreaterThan(100);
    expect(traces[1]).toBe(traces[0]);
  });
});
