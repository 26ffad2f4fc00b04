// needs: clang-14, wasm-ld-14, wasi/stdio.h, libclang_rt.builtins-wasm32
import { readFileSync } from 'node:fs';
import { afterEach, describe, expect, it } from 'vitest';
import {
  type ConfigSource,
  type IsolatedDevice,
  type IsolatedDeviceOptions,
  type IsolatedEvent,
  isolateDevice,
} from '../../../../host/microvisor/index.js';
import { compileCGuest } from '../rig/compile-c-guest.js';
import { DEVICE_ID } from '../rig/rig.js';

const NO_CONFIG: ConfigSource = { fetch: async (items) => items.map(() => ({ result: 'keyNotFound' })) };

const devices: IsolatedDevice[] = [];

afterEach(async () => {
  for (const device of devices.splice(0)) await device.stop();
});

async function isolate(source: string | Uint8Array, options: Partial<IsolatedDeviceOptions> = {}) {
  const events: IsolatedEvent[] = [];
  let heard = () => {};
  const guest =
    typeof source === 'string' ? compileCGuest(`#include <stdio.h>\n#include <stdlib.h>\n${source}`) : source;
  const device = await isolateDevice({
    guest,
    deviceId: DEVICE_ID,
    config: NO_CONFIG,
    ...options,
    onEvent: (event) => {
      events.push(event);
      heard();
    },
  });
  devices.push(device);
  const until = (event: string) =>
    new Promise<void>((resolve) => {
      heard = () => events.some((one) => one.event === event) && resolve();
      heard();
    });
  const lines = () => events.flatMap((event) => (event.event === 'log' ? [event.text] : []));
  return { device, events, lines, until };
}

describe('a device in a thread of its own', () => {
  it('reports its events here, and ends when its guest does', async () => {
    const { device, lines, events } = await isolate(
      'int main(void) { printf("one\\n"); mv_host_wait(5); printf("two\\n"); return 0; }',
    );
    expect(lines()).toEqual([]);
    device.start();
    expect(await device.stopped).toBeUndefined();
    expect(lines()).toEqual(['one', 'two']);
    expect(events.at(-1)).toEqual({ event: 'exit', code: 0 });
  });

  it('asks for its configs here', async () => {
    const asked: string[] = [];
    const config: ConfigSource = {
      fetch: async (items) => {
        asked.push(...items.map(({ key }) => key));
        return items.map(() => ({ result: 'keyNotFound' }));
      },
    };
    const { device, until } = await isolate(readFileSync('build/app.wasm'), { config });
    device.start();
    await until('configFetched');
    expect(asked).toContain('broker-host');
  });

  it('is ended with its stack when its guest never comes back, and this thread goes on meanwhile', async () => {
    const { device } = await isolate(
      `__attribute__((noinline)) void spins(volatile int *n) { for (;;) ++*n; }
      int main(void) { int n = 0; mv_host_wait(1); spins(&n); }`,
      { watchdog: 400 },
    );
    device.start();
    const error = await device.stopped;
    expect(error?.message).toMatch(
      /^the guest did not come back for 400 ms \(watchdog\); it is ended; the stack, innermost first: spins,/,
    );
  });

  it('has a guest that gets no more memory than it may', async () => {
    const { device, lines } = await isolate(
      `int main(void) {
        int blocks = 0;
        for (volatile char *block; (block = malloc(65536)) != NULL; blocks++) *block = 1;
        printf("%s\\n", blocks > 8 && blocks < 64 ? "bounded" : "not bounded");
        return 0;
      }`,
      { guestOptions: { memoryLimit: 4 * 1024 * 1024 } },
    );
    device.start();
    await device.stopped;
    expect(lines()).toEqual(['bounded']);
  });

  it('takes an update before its start', async () => {
    const { device, lines } = await isolate('int main(void) { printf("first\\n"); return 0; }');
    const update = compileCGuest('#include <stdio.h>\nint main(void) { printf("second\\n"); return 0; }');
    expect(await device.update(update)).toBe(true);
    device.start();
    await device.stopped;
    expect(lines()).toEqual(['second']);
    await expect(device.update(update)).rejects.toThrow('the device has ended');
  });

  it('may take longer for an update than its guest may take to come back', async () => {
    const functions = Array.from(
      { length: 1000 },
      (_, n) => `void f${n}(int x) { if (x > ${n}) mv_host_wait(x); else mv_host_wait(${n}); }`,
    );
    const update = compileCGuest(`#include <stdlib.h>\n${functions.join('\n')}
      typedef void (*F)(int);
      static const F all[] = { ${functions.map((_, n) => `f${n}`).join(', ')} };
      int main(void) { all[abs(rand()) % 1000](1); return 0; }`);
    const { device } = await isolate('int main(void) { mv_host_wait(-1); return 0; }', { watchdog: 500 });
    expect(await device.update(update)).toBe(true);
  });

  it('refuses a module that cannot be a guest, with the list of what is wrong', async () => {
    await expect(isolate('void missing(void); int main(void) { missing(); return 0; }')).rejects.toThrow(
      /^the module cannot be a guest:\n- .*missing/,
    );
  });

  it('gives up loading when it is asked to', async () => {
    const loading = isolate('int main(void) { return 0; }', { signal: AbortSignal.abort() });
    await expect(loading).rejects.toThrow('ended before the guest was loaded');
  });
});
