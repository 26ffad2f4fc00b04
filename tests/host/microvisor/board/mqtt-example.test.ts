// needs: clang-14, wasm-ld-14, wasi/stdio.h, libclang_rt.builtins-wasm32
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { BrokerEngine } from '../../../../host/broker/index.js';
import { hexEncode } from '../../../../host/core/index.js';
import { stm32u585 } from '../../../../host/microvisor/board/stm32u585-model.js';
import {
  compileGuest,
  createDevice,
  type GuestModule,
  type MqttTransportFactory,
  servedCalls,
  TestBroker,
  type TestDevice,
  type TransportRequest,
} from '../../../../host/microvisor/index.js';
import { ensurePki, type Pki } from '../../../../host/pki/index.js';
import { temporaryFolder } from '../../../interop/temporary.js';
import { DEVICE_ID } from '../rig/rig.js';
import { built, examples } from './rig/board-world.js';

const COMMANDS = `command/device/${DEVICE_ID}`;

let module: GuestModule;
let pki: Pki;

beforeAll(async () => {
  module = await compileGuest(await built(join(examples, 'mqtt')), { calls: servedCalls(), board: stm32u585() });
  const { folder, remove } = temporaryFolder();
  pki = await ensurePki(folder, { deviceSid: DEVICE_ID });
  remove();
});

const valuesOf = ({ ca, device }: Pki): Record<string, string> => ({
  'broker-host': 'localhost',
  'broker-port': '8883',
  'root-CA': hexEncode(ca.certificateDer),
  cert: hexEncode(device.certificateDer),
  private_key: hexEncode(device.privateKeyPkcs8),
});

/** The example with a broker, in virtual time. */
class ExampleRun {
  readonly broker = new TestBroker((host) => new BrokerEngine(host));
  readonly requests: TransportRequest[] = [];
  /** What the example has sent to the broker, in hexadecimal. */
  readonly sent: string[] = [];
  readonly payloads: string[] = [];
  device!: TestDevice;
  /** Takes the place of the broker for what is sent next. */
  instead: (() => void) | undefined;

  static async start(seed: number, stores = valuesOf(pki)): Promise<ExampleRun> {
    const run = new ExampleRun();
    const { clock, engine } = run.broker;
    engine.on('published', ({ clientId, payload }) => {
      if (clientId) run.payloads.push(Buffer.from(payload).toString());
    });
    const broker = { clock, connect: run.#connect };
    run.device = await createDevice({ guest: module, deviceId: DEVICE_ID, broker, stores, seed });
    return run;
  }

  readonly #connect: MqttTransportFactory = (request, events) => {
    this.requests.push(request);
    const line = this.broker.connect(request, events);
    const write = (bytes: Uint8Array) => {
      this.sent.push(hexEncode(bytes));
      if (!this.instead) return line.write(bytes);
      this.instead();
      this.instead = undefined;
    };
    return { ...line, write };
  };

  command(text: string): void {
    this.broker.engine.publish(COMMANDS, Buffer.from(text), { qos: 1 });
  }

  get numbers(): number[] {
    return this.payloads.map((payload) => JSON.parse(payload).reading);
  }

  get log(): readonly string[] {
    return this.device.log;
  }
}

async function droppedRun(seed: number): Promise<ExampleRun> {
  const run = await ExampleRun.start(seed);
  await run.device.advance(10_500);
  run.command('on');
  await run.device.advance(5000);
  run.broker.drop();
  await run.device.advance(30_000);
  run.command('off');
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
    expect(run.log).toEqual([
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
    expect(run.numbers).toEqual(Array.from({ length: 56 }, (_, index) => index + 1));
    expect(JSON.parse(run.payloads.at(-1) as string).commands).toBe(2);
  });

  it('publishes a reading again that was lost with its connection', async () => {
    const run = await ExampleRun.start(1);
    await run.device.advance(1500);
    run.instead = () => run.broker.drop();
    await run.device.advance(5000);
    expect(run.requests).toHaveLength(2);
    expect(run.numbers).toEqual([1, 2, 3, 4, 5, 6, 7]);
  });

  it('waits while there is no network, and says how many readings it had no room for', async () => {
    const run = await ExampleRun.start(1);
    await run.device.advance(9500);
    run.device.device.kernel.network.setLink(false);
    await run.device.advance(90_000);
    expect(run.log.slice(4)).toEqual([]); // lines wait for the network too
    run.device.device.kernel.network.setLink(true);
    await run.device.advance(10_000);
    expect(run.log.slice(4)).toEqual([
      'the channel is closed: status (15)',
      'next attempt in 1000 ms',
      ...run.log.slice(1, 4),
      '26 readings were lost: there was no room for more than 64',
    ]);
    const isKept = (number: number) => number <= 74 || number > 100;
    expect(run.numbers).toEqual(Array.from({ length: 110 }, (_, index) => index + 1).filter(isKept));
  });

  it('takes commands as long as its receive buffer, and goes on when one is longer', async () => {
    const run = await ExampleRun.start(1);
    await run.device.advance(1000);
    run.command('x'.repeat(16_000));
    run.command('y'.repeat(20_000));
    run.command('on');
    await run.device.advance(1000);
    expect(run.log.slice(4)).toEqual([
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
    const { [key]: _replaced, ...others } = valuesOf(pki);
    const run = await ExampleRun.start(1, value === undefined ? others : { ...others, [key]: value });
    await run.device.advance(3500);
    expect(run.log.slice(1)).toEqual(
      [1000, 2000, 4000].flatMap((pause) => [expect.stringMatching(line), `next attempt in ${pause} ms`]),
    );
  });
});
