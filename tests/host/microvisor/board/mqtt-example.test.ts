// needs: clang-14, wasm-ld-14, wasi/stdio.h, libclang_rt.builtins-wasm32
import { beforeAll, describe, expect, it } from 'vitest';
import type { GuestModule } from '../../../../host/microvisor/index.js';
import type { Pki } from '../../../../host/pki/index.js';
import { DEVICE_ID } from '../rig/rig.js';
import { compiledExample, ExampleRun, examplePki, storesOf } from './rig/example-run.js';

const COMMANDS = `command/device/${DEVICE_ID}`;

let module: GuestModule;
let pki: Pki;

beforeAll(async () => {
  module = await compiledExample('mqtt');
  pki = await examplePki();
});

const numbersOf = ({ payloads }: ExampleRun): number[] => payloads.map((payload) => JSON.parse(payload).reading);
const start = () => ExampleRun.start(module, { stores: storesOf(pki) });

async function droppedRun(seed: number): Promise<ExampleRun> {
  const run = await ExampleRun.start(module, { stores: storesOf(pki), seed });
  await run.device.advance(10_500);
  run.command(COMMANDS, 'on');
  await run.device.advance(5000);
  run.broker.drop();
  await run.device.advance(30_000);
  run.command(COMMANDS, 'off');
  await run.device.advance(10_000);
  return run;
}

describe('the example that speaks MQTT, in virtual time', () => {
  it('connects with its own certificate, trusts the root of its store, and does what it is told', async () => {
    const run = await droppedRun(1);
    expect(run.requests[0]).toMatchObject({
      host: 'localhost',
      port: 8883,
      ca: [new Uint8Array(pki.ca.certificateDer)],
      clientChain: [new Uint8Array(pki.device.certificateDer)],
      clientKey: new Uint8Array(pki.device.privateKeyPkcs8),
    });
    const session = ['connecting to localhost:8883', 'connected', `subscribed to ${COMMANDS}`];
    expect(run.device.log).toEqual([
      `device ${DEVICE_ID}`,
      ...session,
      'command: on',
      'disconnected: code (0)',
      'next attempt in 1000 ms',
      ...session,
      'command: off',
    ]);
    const { events } = run.device;
    expect(events.filter(({ event }) => event === 'acknowledged')).toHaveLength(2);
    const pins = events.filter((event) => event.event === 'pin');
    expect(pins.map(({ pin, level }) => [pin, level])).toEqual([
      ['PA5', 1],
      ['PA5', 0],
    ]);
  });

  it('publishes every reading once, also those that it has measured between two connections', async () => {
    const run = await droppedRun(1);
    expect(run.requests).toHaveLength(2);
    expect(numbersOf(run)).toEqual(Array.from({ length: 56 }, (_, index) => index + 1));
    expect(JSON.parse(run.payloads.at(-1) as string).commands).toBe(2);
  });

  it('publishes a reading again that was lost with its connection', async () => {
    const run = await start();
    await run.device.advance(1500);
    run.instead = () => run.broker.drop();
    await run.device.advance(5000);
    expect(run.requests).toHaveLength(2);
    expect(numbersOf(run)).toEqual([1, 2, 3, 4, 5, 6, 7]);
  });

  it('waits while there is no network, and says how many readings it had no room for', async () => {
    const run = await start();
    await run.device.advance(9500);
    run.device.device.kernel.network.setLink(false);
    await run.device.advance(90_000);
    expect(run.device.log.slice(4)).toEqual([]); // lines wait for the network too
    run.device.device.kernel.network.setLink(true);
    await run.device.advance(10_000);
    expect(run.device.log.slice(4)).toEqual([
      'the channel is closed: status (15)',
      'next attempt in 1000 ms',
      ...run.device.log.slice(1, 4),
      '26 readings were lost: there was no room for more than 64',
    ]);
    const isKept = (number: number) => number <= 74 || number > 100;
    expect(numbersOf(run)).toEqual(Array.from({ length: 110 }, (_, index) => index + 1).filter(isKept));
  });

  it('takes commands as long as its receive buffer, and goes on when one is longer', async () => {
    const run = await start();
    await run.device.advance(1000);
    run.command(COMMANDS, 'x'.repeat(16_000));
    run.command(COMMANDS, 'y'.repeat(20_000));
    run.command(COMMANDS, 'on');
    await run.device.advance(1000);
    expect(run.device.log.slice(4)).toEqual([
      expect.stringMatching(/^command: x+$/),
      'a command of 20000 bytes is too long, and lost',
      'command: on',
    ]);
    expect(run.requests).toHaveLength(1);
  });

  it('the same seed has the same trace, byte for byte', async () => {
    const [one, again] = [await droppedRun(7), await droppedRun(7)];
    expect(one.device.trace.split('\n').length).toBeGreaterThan(500);
    expect(again.device.trace).toBe(one.device.trace);
    expect(again.sent).toEqual(one.sent);
    expect(again.payloads).toEqual(one.payloads);
  });

  it.each([
    ['private_key', undefined, /^private_key: not found in the store of the device/],
    ['cert', 'abc', /^cert: has to be DER as hex digits/],
    ['broker-port', '70000', /^broker-port: has to be a number from 1 to 65535$/],
    ['broker-host', 'h'.repeat(128), /^broker-host: has to have 1 to 127 characters$/],
  ])('says what is wrong with %s, and tries again', async (key, value, line) => {
    const { [key]: _replaced, ...others } = storesOf(pki);
    const stores = value === undefined ? others : { ...others, [key]: value };
    const run = await ExampleRun.start(module, { stores });
    await run.device.advance(3500);
    expect(run.device.log.slice(1)).toEqual(
      [1000, 2000, 4000].flatMap((pause) => [expect.stringMatching(line), `next attempt in ${pause} ms`]),
    );
  });
});
