// needs: clang-14, wasm-ld-14, wasi/stdio.h, libclang_rt.builtins-wasm32
import { describe, expect, it } from 'vitest';
import { GuestTrap } from '../../../../host/microvisor/index.js';
import { compileCGuest } from '../rig/compile-c-guest.js';
import { GuestWorld } from '../rig/guest-world.js';

const PRINT = `
#include <string.h>
static void print(const char *text) { mv_host_print(text, strlen(text)); }
static volatile struct MvNotification notifications[4] __attribute__((aligned(8)));
static uint32_t network;
/* Asks for the network: interrupt 51 follows. */
static void request_network(void) {
  uint32_t handle;
  struct MvNotificationSetup setup = {51, notifications, sizeof notifications};
  mvSetupNotifications(&setup, &handle);
  struct MvRequestNetworkParams params = {1, {handle, 7}};
  mvRequestNetwork(&params, &network);
}
`;
const guest = (source: string, ...exports: string[]) => compileCGuest(PRINT + source, exports);

describe('a blocking guest', () => {
  it('waits inside of a call, under other calls, and goes on where it was', async () => {
    const world = await GuestWorld.load(
      guest(`
        __attribute__((noinline)) int nested(int depth, int value) {
          volatile int kept[8] = {value, depth};
          if (depth == 0) return mv_host_wait(10);
          return nested(depth - 1, value) + kept[0];
        }
        int main(void) { return nested(3, 100) + nested(1, 20); }`),
    );
    world.guest.start();
    expect(world.deadline()).toBe(10);
    world.advance(10);
    expect(world.deadline()).toBe(20);
    world.advance(10);
    expect(world.guest.exitCode).toBe(320);
  });

  it('is told by mv_host_wait whether an interrupt or the time has ended the wait', async () => {
    const world = await GuestWorld.load(
      guest(
        `
        void TIM8_BRK_IRQHandler(void) { print(notifications[0].tag == 7 ? "interrupt" : "?"); }
        int main(void) {
          request_network();
          print(mv_host_wait(-1) == 1 ? "woken" : "not woken");
          print(mv_host_wait(50) == 0 ? "time is up" : "not up");
          mv_host_wait(-1);
        }`,
        'TIM8_BRK_IRQHandler',
      ),
    );
    world.guest.start();
    expect(world.log).toEqual(['interrupt', 'woken']);
    expect(world.deadline()).toBe(50);
    world.advance(50);
    expect(world.log.at(-1)).toBe('time is up');
    expect(world.deadline()).toBeUndefined();
  });

  it('misses no interrupt that comes before it waits', async () => {
    const world = await GuestWorld.load(
      guest(
        `
        static volatile int done;
        void TIM8_BRK_IRQHandler(void) { done = 1; }
        int main(void) { request_network(); while (!done) mv_host_wait(-1); print("done"); }`,
        'TIM8_BRK_IRQHandler',
      ),
      { interruptEveryCall: true },
    );
    world.guest.start();
    expect(world.log).toEqual(['done']);
  });

  it('by option is interrupted at every call', async () => {
    const source = `
      static volatile int seen;
      void TIM8_BRK_IRQHandler(void) { seen = 1; }
      int main(void) { request_network(); print(seen ? "seen" : "not seen"); mv_host_wait(0); print(seen ? "seen" : "not seen"); }`;
    const bytes = guest(source, 'TIM8_BRK_IRQHandler');
    for (const [interruptEveryCall, log] of [
      [false, ['not seen', 'seen']],
      [true, ['seen', 'seen']],
    ] as const) {
      const world = await GuestWorld.load(bytes, { interruptEveryCall });
      world.guest.start();
      world.advance(1);
      expect(world.log).toEqual(log);
    }
  });

  it('that spins lets time pass, and ends hardly later than it wants', async () => {
    const world = await GuestWorld.load(
      guest(`
        int main(void) {
          uint64_t start, now;
          mvGetMicroseconds(&start);
          do mvGetMicroseconds(&now); while (now - start < 1000000);
          return (int)(now - start) / 1000;
        }`),
    );
    world.guest.start();
    const entries = world.runToEnd();
    expect(world.guest.exitCode).toBeGreaterThanOrEqual(1000);
    expect(world.guest.exitCode).toBeLessThan(1010);
    expect(entries).toBeLessThan(1100);
  });

  it('that spins on the state of the network sees it', async () => {
    const world = await GuestWorld.load(
      guest(
        `
        void TIM8_BRK_IRQHandler(void) {}
        int main(void) {
          uint32_t status = 0;
          request_network();
          while (status != 1) mvGetNetworkStatus(network, &status);
          return 3;
        }`,
        'TIM8_BRK_IRQHandler',
      ),
    );
    world.guest.start();
    world.runToEnd();
    expect(world.guest.exitCode).toBe(3);
  });

  it('reads the clock a hundred times without a pause when it does other things in between', async () => {
    const world = await GuestWorld.load(
      guest(`
        int main(void) {
          uint64_t now;
          for (int n = 0; n < 1000; n++) { mvGetMicroseconds(&now); mv_host_print("x", 1); }
          return 0;
        }`),
    );
    world.guest.start();
    expect(world.guest.exitCode).toBe(0);
    expect(world.log).toHaveLength(1000);
  });

  it('prints lines to the log, with an end of line or without, and ends with what main returns', async () => {
    const world = await GuestWorld.load(
      guest(
        '#include <stdio.h>\nint main(void) { printf("%d\\n%s", 42, "no end"); fprintf(stderr, "!\\n"); return 9; }',
      ),
    );
    world.guest.start();
    expect(world.log).toEqual(['42', '!', 'no end']);
    expect(world.guest.exitCode).toBe(9);
    expect(world.events.at(-1)).toEqual({ event: 'exit', code: 9 });
    expect(world.guest.running).toBe(false);
  });

  it('grows its memory in malloc, and waits with what it has there', async () => {
    const world = await GuestWorld.load(
      guest(`
        #include <stdlib.h>
        int main(void) {
          uint8_t *big = malloc(300000);
          memset(big, 5, 300000);
          mv_host_wait(1);
          uint8_t *more = malloc(300000);
          memset(more, 6, 300000);
          mv_host_wait(1);
          return mvGetDeviceId(more, 34) + big[299999] + more[40];
        }`),
    );
    world.guest.start();
    world.runToEnd();
    expect(world.guest.exitCode).toBe(11);
  });

  it('gets no more memory than it may have: malloc returns NULL', async () => {
    const world = await GuestWorld.load(
      guest(
        '#include <stdlib.h>\nvoid *volatile large, *volatile small;\nint main(void) { large = malloc(2000000); small = malloc(20000); return large == NULL && small != NULL; }',
      ),
      { memoryLimit: 1024 * 1024 },
    );
    world.guest.start();
    expect(world.guest.exitCode).toBe(1);
  });

  it('that overflows its stack is stopped, with the sizes', async () => {
    const world = await GuestWorld.load(
      compileCGuest(
        'int main(void) { char large[9000]; mvGetDeviceId((uint8_t *)large, 34); return mv_host_wait(large[0]); }',
        [],
        ['-Wl,-z,stack-size=8192'],
      ),
    );
    expect(() => world.guest.start()).toThrow(
      /^the guest trapped in _start: _start has a stack of 8192 bytes and wanted 9\d\d\d; give it a larger one; it is stopped; the stack, innermost first: __original_main, /,
    );
  });

  it('that waits under more calls than there is room for is stopped', async () => {
    const world = await GuestWorld.load(
      guest(`
        __attribute__((noinline)) int nested(int depth) { volatile int kept = depth; return depth ? nested(depth - 1) + kept : mv_host_wait(1); }
        int main(void) { return nested(2000); }`),
    );
    expect(() => world.guest.start()).toThrow(
      '_start waits under too many calls: their frames have more than 8192 bytes',
    );
    expect(world.guest.running).toBe(false);
  });

  it('cannot wait in an interrupt handler', async () => {
    const world = await GuestWorld.load(
      guest(
        'void TIM8_BRK_IRQHandler(void) { mv_host_wait(1); }\nint main(void) { request_network(); mv_host_wait(-1); }',
        'TIM8_BRK_IRQHandler',
      ),
    );
    expect(() => world.guest.start()).toThrow(
      /^the guest trapped in TIM8_BRK_IRQHandler: env.mv_host_wait cannot wait in an interrupt handler or a callback;/,
    );
  });

  it('that traps is stopped, with the names of the functions on its stack', async () => {
    const world = await GuestWorld.load(
      guest(`
        __attribute__((noinline)) void breaks(void) { mv_host_wait(1); __builtin_trap(); }
        __attribute__((noinline)) void calls(void) { breaks(); mv_host_wait(2); }
        int main(void) { calls(); }`),
    );
    world.guest.start();
    expect(() => world.advance(1)).toThrow(GuestTrap);
    expect(world.guest.trap?.frames.slice(0, 2)).toEqual(['breaks', 'calls']);
    expect(world.events.at(-1)).toMatchObject({ event: 'trap', detail: 'unreachable' });
  });

  it('that is stopped while it waits is not entered again', async () => {
    const world = await GuestWorld.load(guest('int main(void) { mv_host_wait(10); print("late"); }'));
    world.guest.start();
    world.guest.stop();
    world.advance(10);
    expect(world.log).toEqual([]);
  });
});
