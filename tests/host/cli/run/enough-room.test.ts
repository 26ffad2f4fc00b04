import { expect, it } from 'vitest';
import { checkRoom, roomHere } from '../../../../host/cli/run/enough-room.js';

const room = { memory: 1024 ** 3, descriptors: 4096 };
const fleet = (devices: number, perProcess = 1000, hasBroker = false) => ({ devices, perProcess, hasBroker });

it('lets as many devices run as the machine has room for', () => {
  expect(() => checkRoom(fleet(5000), room)).not.toThrow();
  expect(() => checkRoom(fleet(3990, 6), { ...room, descriptors: 106 })).not.toThrow();
});

it('refuses those that the memory has no room for, and says how many it has room for', () => {
  expect(() => checkRoom(fleet(6000), room)).toThrow(
    '6000 devices take some 1172 MiB of memory, and 1024 MiB are free here; run at most 5242 (--devices), or take a machine with more memory',
  );
});

it('refuses those whose sockets a process may not open, with those of the broker', () => {
  expect(() => checkRoom(fleet(3000, 1000, true), room)).toThrow(
    '3000 devices need 4100 open files and sockets in one process, and 4096 are allowed; raise that with "ulimit -n", or run fewer devices',
  );
  expect(() => checkRoom(fleet(3000, 1000), room)).not.toThrow();
});

it('does not keep a single device from running', () => {
  expect(() => checkRoom(fleet(1, 1000, true), { ...room, descriptors: 20 })).not.toThrow();
});

it('knows what this machine has', () => {
  const { memory, descriptors } = roomHere();
  expect(memory).toBeGreaterThan(1024 ** 2);
  expect(descriptors).toBeGreaterThan(100);
});
