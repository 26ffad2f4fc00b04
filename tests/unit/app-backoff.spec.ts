import { BACKOFF_FIRST, BACKOFF_MAXIMUM, nextBackoff, withJitter } from '../../assembly/app/backoff';

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
