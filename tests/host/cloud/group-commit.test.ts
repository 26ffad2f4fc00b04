// engine: LMDB
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { GroupCommit } from '../../../host/cloud/store/engine/group-commit.js';

/** Milliseconds that a transaction takes. */
const TRANSACTION = 10;

const pause = (milliseconds: number) => new Promise((resolve) => setTimeout(resolve, milliseconds));

describe('commits that share a transaction', () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());

  /** Commits, and the size of each group so far. */
  const begin = () => {
    const sizes: number[] = [];
    const commits = new GroupCommit(async (group) => {
      sizes.push(group.length);
      await pause(TRANSACTION);
      return group.map(() => ({ committed: true, revision: 1 }) as const);
    });
    return { sizes, commits };
  };

  it('are those of all writers, also when one of them began alone', async () => {
    const { sizes, commits } = begin();
    const write = async (start: number, times: number, between: number) => {
      await pause(start);
      for (let count = 0; count < times; count++) {
        await commits.commit([]);
        await pause(between);
      }
    };
    void write(0, 4, 1);
    void write(5, 3, 2);
    void write(5, 3, 3);
    await vi.advanceTimersByTimeAsync(1000);
    expect(sizes).toEqual([1, 3, 3, 3]);
  });

  it('do not wait for a writer that does not come again for longer than a transaction takes', async () => {
    const { sizes, commits } = begin();
    void commits.commit([]);
    await vi.advanceTimersByTimeAsync(TRANSACTION / 2);
    void commits.commit([]);
    await vi.advanceTimersByTimeAsync(TRANSACTION + TRANSACTION / 2 - 1);
    expect(sizes).toEqual([1]);
    await vi.advanceTimersByTimeAsync(2);
    expect(sizes).toEqual([1, 1]);
  });

  it('of a writer that is alone begin at once', async () => {
    const { sizes, commits } = begin();
    for (let count = 0; count < 3; count++) {
      void commits.commit([]);
      await vi.advanceTimersByTimeAsync(TRANSACTION + 1);
    }
    expect(sizes).toEqual([1, 1, 1]);
  });
});
