import { afterEach, expect, it, vi } from 'vitest';
import { startDevices } from '../../../../host/cli/run/start-devices.js';

afterEach(() => void vi.useRealTimers());

/** Devices that arrive when they are told to. */
function devices(count: number) {
  const started: number[] = [];
  const arrivals: (() => void)[] = [];
  const all = Array.from({ length: count }, (_, index) => ({
    start: () => void started.push(index),
    isConnecting: true,
    arrived: new Promise<void>((resolve) => {
      arrivals[index] = resolve;
    }),
  }));
  return { all, started, arrivals };
}

const turn = () => new Promise<void>((resolve) => setImmediate(resolve));

it('starts a few devices, and each of the others when an earlier one has arrived', async () => {
  const { all, started, arrivals } = devices(100);
  const done = startDevices(all, new AbortController().signal);
  await turn();
  expect(started).toHaveLength(32);
  arrivals[3]();
  arrivals[30]();
  await turn();
  expect(started.slice(32)).toEqual([32, 33]);
  for (const arrive of arrivals) arrive();
  await done;
  expect(started).toEqual(all.map((_, index) => index));
});

it('starts no more when the run ends', async () => {
  const { all, started, arrivals } = devices(100);
  const stop = new AbortController();
  const done = startDevices(all, stop.signal);
  await turn();
  stop.abort();
  for (const arrive of arrivals) arrive();
  await done;
  expect(started).toHaveLength(32);
});

it('waits for no device that does not try to connect', async () => {
  vi.useFakeTimers();
  const { all, started } = devices(40);
  const [idle, busy] = [{ ...all[0], isConnecting: false }, all.slice(1)];
  void startDevices([idle, ...busy], new AbortController().signal);
  await vi.advanceTimersByTimeAsync(60_000);
  expect(started).toHaveLength(33);
});
