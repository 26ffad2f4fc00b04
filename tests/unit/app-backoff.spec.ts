import {
  BACKOFF_FIRST,
  BACKOFF_MAXIMUM,
  connected,
  endsStorm,
  failed,
  isStorm,
  NEWS,
  nextBackoff,
  SILENCE,
  STORM,
  telling,
  withJitter,
} from '../../assembly/app/backoff';

const STABLE: u32 = 10_000;
const CLOSED: usize = 1;
const REFUSED: usize = 2;
let now: i64 = 0;

/** A connection that lasts so long and ends in this way. Returns the time until the next attempt. */
function connection(lasts: i64, isTakenOver: bool = false, reason: usize = CLOSED, code: i32 = 0): i32 {
  connected(now);
  now += lasts;
  return failed(now, STABLE, isTakenOver, reason, code);
}

/** The state in which an application begins. */
function begin(): void {
  connection(<i64>STABLE, false, REFUSED, -1);
  now += 1000;
}

describe('nextBackoff', () => {
  it('begins with one second, doubles, and stays at one minute', () => {
    const expected: i32[] = [1000, 2000, 4000, 8000, 16000, 32000, 60000, 60000, 60000];
    let delay = 0;
    for (let i = 0; i < expected.length; i++) {
      delay = nextBackoff(delay);
      expect(delay).toBe(expected[i]);
    }
  });
});

describe('withJitter', () => {
  it('adds nothing for no noise, and up to a quarter', () => {
    expect(withJitter(1000, 0)).toBe(1000);
    expect(withJitter(1000, 250)).toBe(1250);
    expect(withJitter(1000, 251)).toBe(1000);
    expect(withJitter(60000, 15000)).toBe(75000);
  });

  it('never shortens the time and never adds more than a quarter, for any noise', () => {
    let noise: u32 = 1;
    for (let i = 0; i < 2000; i++) {
      noise = noise * 1664525 + 1013904223;
      const delay = i % 2 == 0 ? BACKOFF_FIRST : BACKOFF_MAXIMUM;
      expect(withJitter(delay, noise)).toBeGreaterThan(delay - 1);
      expect(withJitter(delay, noise)).toBeLessThan(delay + delay / 4 + 1);
    }
    expect(withJitter(BACKOFF_MAXIMUM, 0xffffffff)).toBeGreaterThan(BACKOFF_MAXIMUM - 1);
  });
});

describe('the waiting time', () => {
  beforeEach(begin);

  it('grows while connections end before they have lasted, and does not for one that did', () => {
    expect(connection(300)).toBe(2000);
    expect(connection(300)).toBe(4000);
    expect(connection(<i64>STABLE - 1)).toBe(8000);
    expect(connection(<i64>STABLE)).toBe(BACKOFF_FIRST);
    expect(connection(0)).toBe(2000);
  });

  it('grows with attempts that reach no connection, whenever they come', () => {
    now += 1_000_000;
    expect(failed(now, STABLE, false, REFUSED, 7)).toBe(2000);
    now += 1_000_000;
    expect(failed(now, STABLE, false, REFUSED, 7)).toBe(4000);
  });

  it('grows when another client took the session over, however long the connection lasted', () => {
    expect(connection(3_600_000, true)).toBe(2000);
    expect(connection(60_000, true)).toBe(4000);
    expect(connection(<i64>STABLE)).toBe(BACKOFF_FIRST);
  });

  it('begins again after each connection when the setting is 0', () => {
    connected(now);
    expect(failed(now, 0, false, CLOSED, 0)).toBe(BACKOFF_FIRST);
    connected(now);
    expect(failed(now, 0, false, CLOSED, 0)).toBe(BACKOFF_FIRST);
  });
});

describe('what the log says of failures', () => {
  beforeEach(begin);

  it('is one line for the first, one for the first repetition, and no more until a connection has lasted', () => {
    connection(300);
    expect(telling()).toBe(NEWS);
    expect(isStorm()).toBe(false);
    connection(300);
    expect(telling()).toBe(STORM);
    for (let i = 0; i < 5; i++) {
      connection(300);
      expect(telling()).toBe(SILENCE);
      expect(isStorm()).toBe(true);
    }
    connection(<i64>STABLE);
    expect(telling()).toBe(NEWS);
  });

  it('is a line for another reason or another code', () => {
    connection(300);
    connection(300);
    connection(300, false, REFUSED);
    expect(telling()).toBe(NEWS);
    connection(300, false, REFUSED, 135);
    expect(telling()).toBe(NEWS);
    connection(300, false, REFUSED, 135);
    expect(telling()).toBe(STORM);
  });

  it('is a line when the storm is over, once', () => {
    connection(300);
    connection(300);
    expect(endsStorm(now + 1_000_000, STABLE)).toBe(false); // not connected
    connected(now);
    expect(endsStorm(now + <i64>STABLE - 1, STABLE)).toBe(false);
    expect(endsStorm(now + <i64>STABLE, STABLE)).toBe(true);
    expect(endsStorm(now + <i64>STABLE, STABLE)).toBe(false);
    expect(isStorm()).toBe(false);
  });

  it('is none at the end of a connection that was not a storm', () => {
    connection(300);
    connected(now);
    expect(endsStorm(now + <i64>STABLE, STABLE)).toBe(false);
    now += <i64>STABLE;
    failed(now, STABLE, false, CLOSED, 0);
    expect(telling()).toBe(NEWS);
  });

  it('counts a connection after a takeover only when it lasts longer than two clients wait for each other', () => {
    connection(20_000, true);
    connected(now);
    expect(endsStorm(now + 20_000, STABLE)).toBe(false);
    connection(20_000, true);
    expect(telling()).toBe(STORM);
    connected(now);
    expect(endsStorm(now + 2 * BACKOFF_MAXIMUM - 1, STABLE)).toBe(false);
    expect(endsStorm(now + 2 * BACKOFF_MAXIMUM, STABLE)).toBe(true);
    connection(20_000, true);
    connected(now);
    expect(endsStorm(now + 2 * BACKOFF_MAXIMUM, 1_000_000)).toBe(false);
  });
});
