import { beforeAll, describe, expect, it } from 'vitest';
import { GuestError, GuestTrap, loadGuest } from '../../../../host/microvisor/index.js';
import { compileGuest, guestSource } from '../rig/compile-guest.js';
import { GuestWorld } from '../rig/guest-world.js';
import { DEVICE_ID } from '../rig/rig.js';

let wasm: Uint8Array;
beforeAll(async () => {
  wasm = await compileGuest(guestSource);
});

class Clock extends GuestWorld {
  override now = 10;
}

const stateOf = (guest: { enter(name: string): unknown }) => guest.enter('mv_app_state');

describe('a reactive guest', () => {
  it('is started, interrupted from the event loop by the handler of its vector, and called by its timer', async () => {
    const clock = new Clock();
    const guest = await loadGuest(wasm, clock.kernel);
    guest.start();
    expect(stateOf(guest)).toBe(1);
    guest.run(clock.now);
    expect(stateOf(guest)).toBe(77);
    expect(clock.log).toEqual(['ok']);
    expect(clock.kernel.nextDeadline(clock.now)).toBe(510);
    clock.now = 509;
    guest.run(clock.now);
    expect(stateOf(guest)).toBe(77);
    clock.now = 510;
    guest.run(clock.now);
    expect(stateOf(guest)).toBe(1000);
    expect(clock.kernel.nextDeadline(clock.now)).toBeUndefined();
    const turns = clock.events.flatMap((event) => (event.event === 'turn' ? [event.entry] : []));
    expect(turns.filter((entry) => entry !== 'mv_app_state')).toEqual([
      'mv_app_start',
      'TIM8_BRK_IRQHandler',
      'mv_app_timer',
    ]);
    expect(clock.events).toContainEqual({ event: 'interrupt', irq: 51 });
  });

  it('without a handler for the vector is interrupted through mv_irq with the number', async () => {
    const clock = new Clock();
    const renamed = guestSource
      .replace('TIM8_BRK_IRQHandler()', 'mv_irq(irqn: i32)')
      .replace('state = load<u32>(buffer + 12);', 'state = irqn;');
    const guest = await loadGuest(await compileGuest(renamed), clock.kernel);
    guest.start();
    guest.run(clock.now);
    expect(stateOf(guest)).toBe(51);
  });

  it('without any handler is stopped at the first interrupt with an error that names the missing exports', async () => {
    const clock = new Clock();
    const guest = await loadGuest(
      await compileGuest(guestSource.replace('export function TIM8', 'function TIM8')),
      clock.kernel,
    );
    guest.start();
    expect(() => guest.run(clock.now)).toThrow(
      'interrupt 51 is pending, but the guest exports neither TIM8_BRK_IRQHandler nor mv_irq',
    );
    expect(guest.running).toBe(false);
  });

  it.each([
    ['trap', /^the guest trapped in trap: unreachable; it is stopped; the stack, innermost first: /],
    ['recurse', /^the guest trapped in recurse: Maximum call stack/],
  ])('that traps in %s is stopped: GuestTrap names the export and the reason', async (entry, message) => {
    const clock = new Clock();
    const guest = await loadGuest(wasm, clock.kernel);
    guest.start();
    expect(() => guest.enter(entry)).toThrow(GuestTrap);
    expect(guest.trap).toMatchObject({ entry, message: expect.stringMatching(message) });
    expect(clock.events.at(-1)).toMatchObject({ event: 'trap', entry });
    guest.run(clock.now);
    expect(() => guest.enter('mv_app_state')).toThrow('the guest is stopped');
  });

  it('reads its memory after it has grown', async () => {
    const clock = new Clock();
    const grow =
      'export function grow(): i32 { const at = memory.size() << 16; memory.grow(1); return mv.mvGetDeviceId(at, 34); }';
    const guest = await loadGuest(await compileGuest(guestSource + grow), clock.kernel);
    const before = guest.memory.buffer.byteLength;
    expect(guest.enter('grow')).toBe(0);
    expect(Buffer.from(guest.memory.buffer, before, 34).toString()).toBe(DEVICE_ID);
  });
});

describe('loading a guest', () => {
  it('is refused with a list of everything that is wrong', async () => {
    const bytes = await compileGuest(`
      @external("env", "mvTemporaryStructTest") declare function http(a: i32, b: i32): i32;
      @external("env", "mv_host_timer") declare function timer(a: i32): void;
      @external("other", "thing") declare function thing(): void;
      export function go(): void { http(1, 2); timer(3); thing(); }`);
    const error = await loadGuest(bytes, new Clock().kernel).catch((reason) => reason);
    expect(error).toBeInstanceOf(GuestError);
    expect(error.message.split('\n').toSorted()).toEqual([
      '- it exports neither the function mv_app_start nor one of _start, __main_void, main, __main_argc_argv',
      '- it imports env.mv_host_timer, but does not export the function mv_app_timer',
      '- it imports the function env.mvTemporaryStructTest, which is not offered',
      '- it imports the function other.thing, which is not offered',
      'the module cannot be a guest:',
    ]);
  });

  it('is refused without an exported memory', async () => {
    // (module (func (export "mv_app_start")))
    const bytes = Uint8Array.from(
      Buffer.from(
        '0061736d0100000001040160000003020100071001 0c6d765f6170705f73746172740000 0a040102000b'.replaceAll(' ', ''),
        'hex',
      ),
    );
    await expect(loadGuest(bytes, new Clock().kernel)).rejects.toThrow('it does not export its memory as "memory"');
  });

  it('is refused for bytes that are not a module', async () => {
    await expect(loadGuest(Buffer.from('#!/bin/sh'), new Clock().kernel)).rejects.toThrow(
      'the guest is not a WebAssembly module',
    );
  });
});
