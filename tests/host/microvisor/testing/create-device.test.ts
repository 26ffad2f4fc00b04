// needs: clang-14, wasm-ld-14, wasi/stdio.h, libclang_rt.builtins-wasm32
import { readFileSync } from 'node:fs';
import { beforeAll, describe, expect, it } from 'vitest';
import { BrokerEngine } from '../../../../host/broker/index.js';
import {
  createDevice,
  type HttpHandler,
  stm32u585,
  TestBroker,
  type TestDevice,
  VirtualClock,
} from '../../../../host/microvisor/index.js';
import { builtOf } from '../board/rig/board-world.js';
import { compileGuest, guestSource } from '../rig/compile-guest.js';

const app = readFileSync('build/app.wasm');
const stores = { 'broker-host': 'broker', 'broker-port': '8883', 'client-id': 'pump-7' };
const engine = () => new TestBroker((host) => new BrokerEngine(host));
let echo: Uint8Array;
let request: Uint8Array;
const source = (name: string) => readFileSync(new URL(`guests/${name}.c`, import.meta.url), 'utf8');
beforeAll(async () => {
  [echo, request] = await Promise.all(['echo', 'request'].map((name) => builtOf(source(name))));
});

type World = { device: TestDevice; broker: TestBroker<BrokerEngine>; down: string };

const worlds: Record<string, (seed?: number) => Promise<World>> = {
  'app.wasm': async (seed) => {
    const broker = engine();
    return { broker, down: 'command/device/pump-7', device: await createDevice({ guest: app, broker, stores, seed }) };
  },
  'a guest in C': async (seed) => {
    const broker = engine();
    return { broker, down: 'down', device: await createDevice({ guest: echo, broker, board: stm32u585(), seed }) };
  },
};

/** Connect, subscribe, receive, publish, lose the connection, and all of it again. @returns the trace */
async function story({ device, broker, down }: World): Promise<string> {
  for (const text of ['one', 'two']) {
    await device.until('connected');
    await device.until('subscribed');
    broker.engine.publish(down, text, { qos: 1 });
    await device.until('message');
    await device.until('published');
    broker.drop();
    await device.until('disconnected');
  }
  await device.until('connected');
  await device.stop();
  return device.trace;
}

describe.each(Object.entries(worlds))('createDevice with %s', (_name, world) => {
  it('connects, subscribes, publishes, loses the connection and comes back, in virtual time', async () => {
    const { device, broker, down } = await world();
    const trace = await story({ device, broker, down });
    expect(device.events.filter(({ event }) => event === 'connected')).toHaveLength(3);
    expect(device.published.length).toBeGreaterThanOrEqual(2);
    expect(trace).toContain('mvMqttRequestConnect(');
    expect(broker.connections).toBe(0);
  });

  it('has the same trace for the same seed, byte for byte', async () => {
    expect(await story(await world(7))).toBe(await story(await world(7)));
  });

  it('differs for another seed in handles alone', async () => {
    const [one, two] = [await story(await world(7)), await story(await world(8))];
    expect(two).not.toBe(one);
    expect(withoutHandles(two)).toBe(withoutHandles(one));
  });
});

/** Addresses are below 16 MiB, which is all the memory of a guest; handles of these seeds are above. */
const withoutHandles = (trace: string) => trace.replaceAll(/0x[0-9a-f]{7,8}\b/g, 'handle');

it('a guest in C echoes what it receives', async () => {
  const { device, broker } = await worlds['a guest in C']();
  await device.until('subscribed');
  broker.engine.publish('down', 'hello', { qos: 1 });
  await device.until('published');
  expect(device.published).toMatchObject([{ topic: 'up', payload: 'hello', qos: 1 }]);
});

it('two devices share a broker and a time', async () => {
  const { device: pump, broker } = await worlds['app.wasm']();
  const device = await createDevice({ guest: echo, broker, board: stm32u585(), seed: 2 });
  await device.until('subscribed');
  await pump.until('subscribed');
  expect(broker.connections).toBe(2);
  expect(pump.clock).toBe(device.clock);
});

describe('spinning', () => {
  const waits = `
    const time = memory.data(8, 8);
    function wait(): void {
      mv.mvGetMicroseconds(time);
      const end = load<u64>(time) + 3000000;
      while (load<u64>(time) < end) mv.mvGetMicroseconds(time);
    }
    export function mv_app_state(): i32 { return 0; }`;

  it('costs a reactive guest virtual time', async () => {
    const device = await createDevice({
      guest: await compileGuest(`${waits} export function mv_app_start(): void { wait(); }`),
    });
    expect(device.clock.now()).toBeGreaterThanOrEqual(3000);
    expect(device.clock.now()).toBeLessThan(3100);
    expect(device.calls().length).toBeLessThan(5000);
  });

  it('costs an interrupt handler virtual time, which cannot be paused', async () => {
    const guest = await builtOf(`
#include <stdio.h>
#include "stm32u5xx_hal.h"
static volatile struct MvNotification notifications[4] __attribute__((aligned(8)));
static void spin(void) {
  uint64_t now, end;
  mvGetMicroseconds(&end);
  for (now = end; now < end + 5000;) mvGetMicroseconds(&now);
}
void TIM8_BRK_IRQHandler(void) { spin(); printf("over\\n"); }
int main(void) {
  MvNotificationHandle listener; MvNetworkHandle network;
  const struct MvNotificationSetup setup = {TIM8_BRK_IRQn, (struct MvNotification *)notifications, sizeof notifications};
  HAL_Init();
  NVIC_EnableIRQ(TIM8_BRK_IRQn);
  mvSetupNotifications(&setup, &listener);
  const struct MvRequestNetworkParams wanted = {.version = 1, .v1 = {.notification_handle = listener}};
  mvRequestNetwork(&wanted, &network);
  mv_host_wait(-1);
  return 0;
}`);
    const device = await createDevice({ guest, board: stm32u585() });
    await device.until('exit');
    expect(device.log).toEqual(['over']);
    expect(device.clock.now()).toBeGreaterThanOrEqual(5);
    expect(device.clock.now()).toBeLessThan(7);
  });
});

describe('a test', () => {
  it('gets the trap of its device, once', async () => {
    const guest = await compileGuest(guestSource.replace('state = 1000;', 'unreachable();'));
    const device = await createDevice({ guest });
    await expect(device.until('published')).rejects.toMatchObject({ name: 'GuestTrap', entry: 'mv_app_timer' });
    await device.advance(1);
  });

  it('is told which event did not come, and which did', async () => {
    const device = await createDevice({ guest: app, stores });
    await expect(device.until('connected', 500)).rejects.toThrow(
      /no event 'connected' within 500 ms; the last .*connectFailed/,
    );
    expect(device.clock.now()).toBe(500);
  });

  it('finds what happened while it advanced', async () => {
    const { device } = await worlds['app.wasm']();
    await device.advance(1000);
    expect((await device.until('subscribed')).at).toBeLessThan(1000);
    expect(device.clock.now()).toBe(1000);
  });

  it('cannot give device and broker different clocks', async () => {
    const options = { guest: app, broker: engine(), clock: new VirtualClock() };
    await expect(createDevice(options)).rejects.toThrow('the broker has another clock');
  });
});

it('restarts in virtual time, and runs an update then', async () => {
  const device = await createDevice({ guest: app, stores, behaviour: { maximumPoliteness: 5000 } });
  await device.update(await compileGuest(guestSource));
  await device.advance(4999);
  expect(device.log.at(-1)).not.toBe('ok');
  await device.advance(2);
  expect(device.log.at(-1)).toBe('ok');
});

it('that is updated without politeness is not entered again before it runs the update', async () => {
  const busy = await builtOf(`
    #include <stdio.h>
    #include "stm32u5xx_hal.h"
    int main(void) {
      for (int round = 0; round < 100000; round++) { mv_host_wait(0); if (round % 50 == 0) printf("round %d\\n", round); }
      return 0;
    }`);
  const device = await createDevice({ guest: busy, board: stm32u585() });
  const lines = device.log.length;
  await device.update(await compileGuest(guestSource));
  await device.advance(0);
  expect(device.log.slice(lines)).toEqual(['ok']);
});

describe('HTTP requests', () => {
  const answer = { result: 'answered' as const, statusCode: 204, headers: [] as string[], body: Buffer.alloc(0) };
  const ask = async (http?: HttpHandler) => {
    const device = await createDevice({ guest: request, board: stm32u585(), http });
    const { at } = await device.until('httpRequest');
    return { sentAt: at, response: await device.until('httpResponse') };
  };

  it('are answered by a function, whose promise takes no time', async () => {
    const asked: string[] = [];
    const { sentAt, response } = await ask(async ({ url }) => {
      asked.push(url.href);
      await new Promise(setImmediate);
      return answer;
    });
    expect(response).toMatchObject({ at: sentAt, result: 'OK', statusCode: 204 });
    expect(asked).toEqual(['https://api.example.com/x']);
  });

  it('are answered late, or never', async () => {
    const { sentAt, response } = await ask(() => ({ ...answer, delay: 7000 }));
    expect(response).toMatchObject({ at: sentAt + 7000, result: 'OK' });
    const never = await ask(() => ({ ...answer, delay: Number.POSITIVE_INFINITY }));
    expect(never.response).toMatchObject({ at: never.sentAt + 10_000, statusCode: 0 });
  });

  it('fail when the function does, when an answer is too large, and without a function', async () => {
    const refused = await ask(() => Promise.reject(new Error('the server is on fire')));
    expect(refused.response).toMatchObject({ statusCode: 0, detail: expect.stringContaining('on fire') });
    const large = await ask(() => ({ ...answer, body: Buffer.alloc(4096) }));
    expect(large.response).toMatchObject({ result: 'RESPONSETOOLARGE' });
    expect((await ask()).response).toMatchObject({ detail: expect.stringContaining('`http` of createDevice') });
  });
});

describe('an application that ends', () => {
  const ending = (act: string) =>
    compileGuest(`
    @external("env", "mv_host_timer") declare function mv_host_timer(milliseconds: i32): void;
    const work = memory.data(64, 8);
    export function mv_app_start(): void { mv_host_timer(1000); }
    export function mv_app_timer(): void {
      mv.mvGetWakeReason(work);
      if (load<u8>(work) == 0) { ${act} }
    }`);

  it('by mvRestart starts again at once', async () => {
    const device = await createDevice({ guest: await ending('mv.mvRestart(0);') });
    await device.advance(3000);
    expect(device.calls('mvGetWakeReason').map(({ at }) => at)).toEqual([1000, 2000]);
  });

  it('by deep sleep starts again a virtual day later', async () => {
    const act =
      'store<u32>(work, 1); mv.mvRequestNetwork(work, work + 16); mv.mvReleaseNetwork(work + 16); mv.mvDeepSleep(0);';
    const day = 86_400_000;
    const device = await createDevice({ guest: await ending(act), behaviour: { checkInTime: day } });
    await device.advance(day + 3000);
    expect(device.calls('mvGetWakeReason').map(({ at }) => at)).toEqual([1000, day + 2000]);
  });
});

it('a device without records keeps what it publishes and reports, and no calls', async () => {
  const device = await createDevice({ guest: app, broker: engine(), stores, record: false });
  await device.until('published');
  expect(device.calls()).toEqual([]);
  expect(device.events.some(({ event }) => event === 'turn')).toBe(false);
});

it('calls are recorded with their arguments, time and status', async () => {
  const { device } = await worlds['app.wasm']();
  const [{ at, words, status }] = device.calls('mvGetDeviceId');
  expect([at, words, status]).toEqual([0, [expect.any(Number), 34], 'OKAY']);
  expect(device.trace).toContain(`0.000 mvGetDeviceId(0x${words[0].toString(16)}, 0x22) OKAY\n`);
});

it('a broker that ends a connection is noticed, and one that is away is refused', async () => {
  const { device, broker } = await worlds['app.wasm']();
  await device.until('connected');
  broker.isReachable = false;
  broker.engine.disconnect('pump-7');
  await device.until('disconnected');
  expect(await device.until('connectFailed')).toMatchObject({ requestState: 'SOCKETERROR' });
  expect(broker.connections).toBe(0);
});
