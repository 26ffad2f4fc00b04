// needs: clang-14, wasm-ld-14, wasi/stdio.h, libclang_rt.builtins-wasm32
import { describe, expect, it, vi } from 'vitest';
import type { Board, BoardGuest, BoardModel } from '../../../../host/microvisor/guest/board-port.js';
import { type BlockingFunction, type Coroutine, SUSPEND } from '../../../../host/microvisor/guest/coroutine.js';
import { i32s } from '../../../../host/microvisor/guest/host-function.js';
import { compileGuest, loadGuest, servedCalls } from '../../../../host/microvisor/index.js';
import { compileCGuest } from '../rig/compile-c-guest.js';
import { GuestWorld } from '../rig/guest-world.js';

/** The smallest board that has tasks: each that can run does so in turn, `task_wait` gives way. */
class TurnBoard implements Board {
  guest!: BoardGuest;
  readonly ready: Coroutine[] = [];
  readonly tasks: Coroutine[] = [];
  /** What `task_wait` returns next. */
  answer = 0;
  accepted = true;

  readonly #functions: Readonly<Record<string, BlockingFunction>> = {
    task_new: (entry: number, argument: number, stackSize: number) => {
      const name = `task ${this.tasks.length + 1}`;
      const task = this.guest.coroutines.create({ name, entry: { table: entry }, args: [argument], stackSize });
      this.tasks.push(task);
      this.ready.push(task);
    },
    task_wait: () => {
      this.guest.coroutines.current!.answer(++this.answer);
      return SUSPEND;
    },
    tasks_run: () => SUSPEND,
  };

  /** The names that were asked for. */
  readonly asked: string[] = [];

  functionOf(name: string): BlockingFunction | undefined {
    this.asked.push(name);
    return this.#functions[name];
  }

  attach(guest: BoardGuest): void {
    this.guest = guest;
    this.ready.push(guest.main);
  }

  tick(): void {}

  nextDeadline(): number | undefined {
    return undefined;
  }

  next(): Coroutine | undefined {
    return this.ready[0];
  }

  left(coroutine: Coroutine): void {
    this.ready.shift();
    if (coroutine.state === 'suspended' && coroutine !== this.guest.main) this.ready.push(coroutine);
  }

  choose(pending: readonly number[]): number | undefined {
    return this.accepted ? pending[0] : undefined;
  }

  wakes(): boolean {
    return false;
  }

  entered(): void {}

  returned(): void {}

  nextTick(): number | undefined {
    return undefined;
  }
}

const boards: TurnBoard[] = [];
const model: BoardModel = {
  name: 'turns',
  offers: {
    task_new: { signature: i32s(3, 0), kind: 'plain' },
    task_wait: { signature: i32s(0, 1), kind: 'blocking' },
    tasks_run: { signature: i32s(0, 0), kind: 'blocking' },
  },
  create: () => {
    boards.push(new TurnBoard());
    return boards.at(-1)!;
  },
};

const HEAD = `
#include <string.h>
extern void task_new(void (*entry)(int), int argument, int stack_size);
extern int task_wait(void);
extern void tasks_run(void);
static void print(const char *text) { mv_host_print(text, strlen(text)); }
`;

async function load(source: string, exports: string[] = []): Promise<[GuestWorld, TurnBoard]> {
  const module = await compileGuest(compileCGuest(HEAD + source, exports), { calls: servedCalls(), board: model });
  const world = await GuestWorld.load(module);
  return [world, boards.at(-1)!];
}

describe('coroutines', () => {
  it('run by turns, each with its own stack, and end when their entry returns', async () => {
    const [world, board] = await load(`
      static void work(int argument) {
        int kept[16];
        for (int n = 0; n < 16; n++) kept[n] = argument * 100 + n;
        for (int round = 0; round < 10 + argument; round++) task_wait();
        for (int n = 0; n < 16; n++) if (kept[n] != argument * 100 + n) { print("spoilt"); return; }
        print(argument == 1 ? "1 is done" : argument == 2 ? "2 is done" : argument == 3 ? "3 is done" : "4 is done");
      }
      int main(void) { for (int n = 4; n > 0; n--) task_new(work, n, 2048); tasks_run(); }`);
    world.guest.start();
    expect(world.log).toEqual(['1 is done', '2 is done', '3 is done', '4 is done']);
    expect(board.tasks.map(({ state }) => state)).toEqual(['ended', 'ended', 'ended', 'ended']);
    expect(board.guest.main.state).toBe('suspended');
  });

  it('get the answer of the call that they waited in', async () => {
    const [world] = await load(`
      static void work(int argument) { int first = task_wait(), second = task_wait(); if (first == 1 && second == 2) print("right"); }
      int main(void) { task_new(work, 0, 1024); tasks_run(); }`);
    world.guest.start();
    expect(world.log).toEqual(['right']);
  });

  it('take over the stacks of those that have ended', async () => {
    const [world] = await load(`
      static int count;
      static void work(int argument) { if (++count < 500) task_new(work, 0, 4096); task_wait(); }
      int main(void) { task_new(work, 0, 4096); tasks_run(); }`);
    world.guest.start();
    expect(world.guest.memory.buffer.byteLength).toBeLessThan(512 * 1024);
  });

  it('know the most stack that they have used', async () => {
    const [world, board] = await load(`
      static void work(int argument) { char used[3000]; memset(used, argument, sizeof used); mv_host_print(used, 1); task_wait(); }
      int main(void) { task_new(work, 65, 8192); tasks_run(); }`);
    world.guest.start();
    expect(board.tasks[0].stackPeak()).toBeGreaterThan(2900);
    expect(board.tasks[0].stackPeak()).toBeLessThan(3200);
    expect(board.tasks[0].stackSize).toBe(8192);
  });

  it('take memory for the part of a large stack that they use, and know how much that is', async () => {
    const [world, board] = await load(`
      static void work(int argument) { char used[9000]; memset(used, argument, sizeof used); mv_host_print(used, 1); task_wait(); }
      int main(void) { for (int n = 0; n < 8; n++) task_new(work, 65, 65536); tasks_run(); }`);
    const before = new Uint8Array(world.guest.memory.buffer.slice(0));
    world.guest.start();
    for (const task of board.tasks) expect(task.stackPeak()).toBeGreaterThan(8900);
    for (const task of board.tasks) expect(task.stackPeak()).toBeLessThan(9200);
    const after = new Uint8Array(world.guest.memory.buffer);
    const PAGE = 4096;
    const isTouched = (at: number) => after.subarray(at, at + PAGE).some((byte, n) => byte !== (before[at + n] ?? 0));
    const touched = Array.from({ length: after.length / PAGE }, (_, n) => n * PAGE).filter(isTouched).length;
    // For each task: 9,000 bytes and what is around them, Asyncify's record, and the allocator's.
    expect(touched).toBeLessThan(8 * 6 + 8);
  });

  it('that overflow their stack end the guest, which says whose it was and how large', async () => {
    const [world] = await load(`
      static void work(int argument) { char used[3000]; memset(used, argument, sizeof used); mv_host_print(used, 1); task_wait(); }
      int main(void) { task_new(work, 65, 1024); tasks_run(); }`);
    expect(() => world.guest.start()).toThrow(
      /^the guest trapped in task 1: task 1 has a stack of 1024 bytes and wanted 30\d\d; give it a larger one;/,
    );
    expect(world.guest.trap?.frames[0]).toBe('work');
  });

  it('are interrupted where they wait, when the board accepts it', async () => {
    const [world, board] = await load(
      `
      static volatile struct MvNotification notifications[2] __attribute__((aligned(8)));
      void TIM8_BRK_IRQHandler(void) { print("interrupt"); }
      static void work(int argument) { for (int n = 0; n < 3; n++) { print("works"); task_wait(); } mv_host_wait(-1); print("woken"); }
      int main(void) {
        uint32_t handle;
        struct MvNotificationSetup setup = {51, notifications, sizeof notifications};
        mvSetupNotifications(&setup, &handle);
        struct MvRequestNetworkParams params = {1, {handle, 7}};
        mvRequestNetwork(&params, &handle);
        task_new(work, 0, 1024);
        tasks_run();
      }`,
      ['TIM8_BRK_IRQHandler'],
    );
    board.accepted = false;
    world.guest.start();
    expect(world.log).toEqual(['works', 'works', 'works']);
    board.accepted = true;
    world.advance(1);
    expect(world.log).toEqual(['works', 'works', 'works', 'interrupt', 'woken']);
  });

  it('that are dropped end where they are, and cannot be entered any more', async () => {
    const [world, board] = await load(`
      static void work(int argument) { task_wait(); print("goes on"); }
      int main(void) { task_new(work, 0, 1024); task_new(work, 0, 1024); tasks_run(); }`);
    let checked = false;
    board.left = (coroutine) => {
      TurnBoard.prototype.left.call(board, coroutine);
      const [first, second] = board.tasks;
      if (coroutine !== second || checked) return;
      checked = true;
      first.drop();
      board.ready.splice(board.ready.indexOf(first), 1);
      expect(first.state).toBe('ended');
      expect(() => first.resume()).toThrow('task 1 cannot be entered: it is ended');
    };
    world.guest.start();
    expect(checked).toBe(true);
    expect(world.log).toEqual(['goes on']);
  });

  it('cost a guest the functions that it imports: no other is made for it', async () => {
    const source = `
      int main(void) { uint64_t now; mvGetMicroseconds(&now); mvRequestNetwork(0, 0); print("runs"); task_new((void (*)(int))main, 0, 1024); mv_host_wait(0); }`;
    const module = await compileGuest(compileCGuest(HEAD + source), { calls: servedCalls(), board: model });
    const world = new GuestWorld();
    const fromKernel = vi.spyOn(world.kernel, 'importOf');
    world.guest = await loadGuest(module, world.kernel);
    expect(fromKernel.mock.calls.flat().sort()).toEqual(['mvGetMicroseconds', 'mvRequestNetwork']);
    const { asked } = boards.at(-1)!;
    expect(asked.sort()).toEqual(['mvGetMicroseconds', 'mvRequestNetwork', 'mv_host_print', 'task_new']);
    expect(module.imports.map(({ name }) => name)).toEqual(expect.arrayContaining(asked));
  });

  it('are refused for what is no function, and for a stack of no size', async () => {
    const [world, board] = await load('int main(void) { tasks_run(); }');
    world.guest.start();
    const { coroutines } = board.guest;
    const make = (table: number, stackSize = 1024) => coroutines.create({ name: 't', entry: { table }, stackSize });
    expect(() => make(123_456)).toThrow('123456 is not a pointer to a function');
    expect(() => make(0)).toThrow('0 is not a pointer to a function');
    expect(() => coroutines.create({ name: 't', entry: { export: 'no' }, stackSize: 1024 })).toThrow(
      'the guest does not export the function no',
    );
    expect(() => coroutines.create({ name: 't', entry: { export: '_start' }, stackSize: 0 })).toThrow(RangeError);
  });
});
