// needs: clang-14, wasm-ld-14, wasi/stdio.h, libclang_rt.builtins-wasm32
import { describe, expect, it } from 'vitest';
import { compileCGuest } from '../rig/compile-c-guest.js';
import { compileGuest } from '../rig/compile-guest.js';
import { GuestWorld } from '../rig/guest-world.js';

/** A guest with a network, of which interrupt 51 tells; its handler does `work`. */
const handling = (work: string, main = 'mv_host_wait(-1); return 5;') =>
  compileCGuest(
    `
    #include <string.h>
    static volatile struct MvNotification notifications[4] __attribute__((aligned(8)));
    static volatile uint32_t network, other, flag;
    static void print(const char *text) { mv_host_print(text, strlen(text)); }
    static void request(volatile uint32_t *into) {
      uint32_t handle, made;
      struct MvNotificationSetup setup = {51, notifications, sizeof notifications};
      if (into == &other) setup.irq = 45;
      static volatile struct MvNotification more[4] __attribute__((aligned(8)));
      if (into == &other) setup.buffer = more;
      mvSetupNotifications(&setup, &handle);
      struct MvRequestNetworkParams params = {1, {handle, 7}};
      mvRequestNetwork(&params, &made);
      *into = made;
    }
    void TIM8_BRK_IRQHandler(void) { ${work} }
    void TIM2_IRQHandler(void) { flag = 1; }
    int main(void) { request(&network); ${main} }`,
    ['TIM8_BRK_IRQHandler', 'TIM2_IRQHandler'],
  );

const SPIN = 'uint64_t begin, now; mvGetMicroseconds(&begin); do mvGetMicroseconds(&now); while (now - begin < ';

describe('an interrupt handler that spins', () => {
  it('on the time sees it pass', async () => {
    const world = await GuestWorld.load(handling(`${SPIN} 5000);`));
    world.guest.start();
    expect(world.guest.exitCode).toBe(5);
    expect(world.now).toBeGreaterThanOrEqual(5);
    expect(world.now).toBeLessThan(6);
  });

  it('on the state of the network sees it change', async () => {
    const world = await GuestWorld.load(
      handling('request(&other); uint32_t status = 0; while (status != 1) mvGetNetworkStatus(other, &status);'),
    );
    world.guest.start();
    expect(world.guest.exitCode).toBe(5);
  });

  it.each([
    ['on the time', `${SPIN} 1000000000);`],
    ['on a state that does not come', 'uint32_t status; do mvGetNetworkStatus(network, &status); while (status);'],
    ['on a flag that nobody sets', 'while (!flag);'],
    ['for ever', 'for (;;);'],
    ['over any other call', 'uint8_t id[34]; while (mvGetDeviceId(id, 34) == 0);'],
  ])('%s without end is ended with its name', async (_what, work) => {
    const world = await GuestWorld.load(handling(work));
    expect(() => world.guest.start()).toThrow(
      /the guest trapped in TIM8_BRK_IRQHandler: the interrupt handler TIM8_BRK_IRQHandler has not returned for 1000 ms;/,
    );
    expect(world.guest.running).toBe(false);
    expect(world.now).toBeGreaterThan(1000);
    expect(world.now).toBeLessThan(1010);
  });

  it('is ended with its name where it interrupts a call, too', async () => {
    const world = await GuestWorld.load(handling('while (!flag);', 'print("x"); return 5;'), {
      interruptEveryCall: true,
    });
    expect(() => world.guest.start()).toThrow(/the interrupt handler TIM8_BRK_IRQHandler has not returned for 1000 ms/);
  });

  it('is ended in real time, too', async () => {
    const world = await GuestWorld.load(handling('while (!flag);'), { spend: undefined });
    Object.defineProperty(world, 'now', { get: () => performance.now() });
    const begin = performance.now();
    expect(() => world.guest.start()).toThrow(/has not returned for 1000 ms/);
    expect(performance.now() - begin).toBeGreaterThanOrEqual(1000);
  });

  it('does so in a guest that is reactive', async () => {
    const world = await GuestWorld.load(
      await compileGuest(`
        const time = memory.data(8, 8);
        const work = memory.data(128, 16);
        export function TIM8_BRK_IRQHandler(): void { for (;;) mv.mvGetMicroseconds(time); }
        export function mv_app_start(): void {
          store<u32>(work, 51); store<u32>(work + 4, work + 64); store<u32>(work + 8, 32);
          mv.mvSetupNotifications(work, work + 16);
          store<u32>(work + 32, 1); store<u32>(work + 36, load<u32>(work + 16)); store<u32>(work + 40, 7);
          mv.mvRequestNetwork(work + 32, work + 48);
        }`),
    );
    world.guest.start();
    expect(() => world.guest.run(world.now)).toThrow(/TIM8_BRK_IRQHandler has not returned for 1000 ms/);
  });
});

describe('a guest in C that waits', () => {
  it('for a flag that a handler sets goes on when it is set', async () => {
    const world = await GuestWorld.load(handling('flag = 1;', 'while (!flag) {} print("set"); return 3;'));
    world.guest.start();
    world.runToEnd();
    expect(world.log).toEqual(['set']);
    expect(world.guest.exitCode).toBe(3);
  });

  it('for a flag that a function returns, too', async () => {
    const world = await GuestWorld.load(
      handling(
        'flag = 1;',
        '__attribute__((noinline)) int ready(void); while (!ready()) {} return 3; } int ready(void) { return flag != 0;',
      ),
    );
    world.guest.start();
    world.runToEnd();
    expect(world.guest.exitCode).toBe(3);
  });

  it('for ever lets its handlers run, and time pass', async () => {
    const world = await GuestWorld.load(handling('print("handled");', 'for (;;);'));
    world.guest.start();
    world.advance(1000);
    world.advance(1000);
    expect(world.log).toEqual(['handled']);
    expect(world.deadline()).toBeGreaterThan(world.now);
  });

  it('counts in a loop without such a wait', async () => {
    const world = await GuestWorld.load(
      handling(
        '',
        'volatile int sum = 0; for (int n = 0; n < 2000000; n++) sum += n; return strlen((char *)&sum) >= 0 ? 4 : 0;',
      ),
    );
    world.guest.start();
    expect(world.guest.exitCode).toBe(4);
    expect(world.now).toBe(0);
  });

  it('by giving way in a loop of other calls lets time pass', async () => {
    const world = await GuestWorld.load(
      handling(
        '',
        'uint64_t begin, now; mvGetMicroseconds(&begin); do { mv_host_wait(0); mvGetMicroseconds(&now); } while (now - begin < 20000); return 6;',
      ),
    );
    world.guest.start();
    world.runToEnd();
    expect(world.guest.exitCode).toBe(6);
  });
});
