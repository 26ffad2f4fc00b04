import { describe, expect, it } from 'vitest';
import { VirtualClock } from '../../../../host/microvisor/index.js';

describe('a virtual clock', () => {
  it('calls what is due at its time, in the order in which it was asked for', async () => {
    const clock = new VirtualClock();
    const seen: string[] = [];
    const note = (name: string) => () => seen.push(`${name} at ${clock.now()}`);
    clock.after(20, note('b'));
    clock.after(10, note('a'));
    clock.after(20, note('c'));
    clock.after(31, note('late'));
    await clock.advance(30);
    expect(seen).toEqual(['a at 10', 'b at 20', 'c at 20']);
    expect(clock.now()).toBe(30);
  });

  it('does not call what was cancelled', async () => {
    const clock = new VirtualClock();
    clock.after(10, () => expect.fail('cancelled'))();
    await clock.advance(20);
  });

  it('stands still during a work', async () => {
    const clock = new VirtualClock();
    const times: number[] = [];
    clock.after(10, () => {
      clock.during(new Promise(setImmediate).then(() => times.push(clock.now())));
    });
    clock.after(11, () => times.push(clock.now()));
    await clock.advance(20);
    expect(times).toEqual([10, 11]);
  });

  it('knows the date, or does not', async () => {
    expect(new VirtualClock().wallClock()).toBe(Date.UTC(2026, 0));
    expect(new VirtualClock(null).wallClock()).toBeUndefined();
    const clock = new VirtualClock(1000);
    await clock.advance(5);
    expect(clock.wallClock()).toBe(1005);
  });

  it('says when time does not go on', async () => {
    const clock = new VirtualClock();
    const again = () => void clock.after(0, again);
    again();
    await expect(clock.advance(1)).rejects.toThrow('time stands still at 0 ms');
  });

  it.each([-1, Number.NaN, Number.POSITIVE_INFINITY])('refuses to advance by %s', async (milliseconds) => {
    await expect(new VirtualClock().advance(milliseconds)).rejects.toThrow('use a number of milliseconds from 0');
  });

  it('refuses to advance twice at once', async () => {
    const clock = new VirtualClock();
    const first = clock.advance(1);
    await expect(clock.advance(1)).rejects.toThrow('await each advance');
    await first;
  });
});
