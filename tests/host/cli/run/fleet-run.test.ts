import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import { Command, type JsonEvent } from '../../../interop/command.js';
import { freePort, temporaryFolder } from '../../../interop/temporary.js';
import { undoAfterEach } from '../../../interop/undo.js';

let folder: string;
const undo = undoAfterEach();

beforeEach(() => {
  const temporary = temporaryFolder();
  undo.push(temporary.remove);
  folder = temporary.folder;
});

/** Six devices, two in each process. */
async function sixDevices(...args: string[]): Promise<Command> {
  const ports = ['--cloud-port', '0', '--broker-port', `${await freePort()}`];
  const all = ['run', '--json', '--data', join(folder, 'data'), '--devices', '6', '--devices-per-process', '2'];
  const command = new Command([...all, ...ports, ...args]);
  undo.push(() => command.kill());
  return command;
}

const pidsOf = ({ events }: Command): number[] =>
  events.filter(({ event }) => event === 'process').map(({ pid }) => pid);

const eventsOf = ({ events }: Command, device: string): JsonEvent[] =>
  events.filter((event) => event.device === device);

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    // One that has ended and was not waited for yet is a zombie.
    return !/^State:\s+Z/m.test(readFileSync(`/proc/${pid}/status`, 'utf8'));
  } catch {
    return false;
  }
}

/** Waits until each device has published. */
async function allPublished(command: Command): Promise<string[]> {
  return await command.until('the readings of six devices', () => {
    const devices = new Set(command.events.filter(({ event }) => event === 'published').map(({ device }) => device));
    return devices.size === 6 ? [...devices] : undefined;
  });
}

describe.each([
  ['in the thread of each process', []],
  ['in a thread of their own in each process', ['--isolate']],
])('run --devices-per-process with devices %s', (_where, isolation) => {
  it('spreads them over processes, which all use the one broker and the one cloud', async () => {
    const command = await sixDevices(...isolation);
    const devices = await allPublished(command);
    expect(pidsOf(command)).toHaveLength(2);
    expect(command.events.filter(({ event }) => event === 'listening')).toHaveLength(2);
    expect(
      command.events
        .filter(({ event }) => event === 'device')
        .map(({ deviceSid }) => deviceSid)
        .sort(),
    ).toEqual(devices.sort());
    const { code, stderr, summary } = await command.interrupt();
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(summary).toMatchObject({ event: 'summary', errors: 0 });
    expect(pidsOf(command).filter(isAlive)).toEqual([]);
  });

  it('reports what each device does in the order in which it did it', async () => {
    const command = await sixDevices(...isolation);
    for (const device of await allPublished(command)) {
      const kinds = eventsOf(command, device).map(({ event }) => event);
      const order = ['connecting', 'connected', 'subscribed', 'published'].map((kind) => kinds.indexOf(kind));
      expect(order).toEqual([...order].sort((a, b) => a - b));
      expect(order).not.toContain(-1);
    }
  });
});

describe('the processes of a run', () => {
  it('end with it when it is ended by force', async () => {
    const command = await sixDevices();
    await allPublished(command);
    const pids = pidsOf(command);
    expect(pids.filter(isAlive)).toEqual(pids);
    await command.kill();
    await expect.poll(() => pids.filter(isAlive)).toEqual([]);
  });

  it('leave the end to it when Ctrl-C reaches them too', async () => {
    const command = await sixDevices();
    await allPublished(command);
    for (const pid of pidsOf(command)) for (const signal of ['SIGINT', 'SIGTERM']) process.kill(pid, signal);
    const { code, summary } = await command.interrupt();
    expect({ code, summary }).toMatchObject({ code: 0, summary: { errors: 0 } });
  });

  it('end the run when one of them dies, which is reported with its devices', async () => {
    const command = await sixDevices();
    await allPublished(command);
    const [pid, other] = pidsOf(command);
    process.kill(pid, 'SIGKILL');
    const { code, stderr } = await command.ended;
    expect(code).toBe(1);
    expect(stderr).toBe(
      `wasmqtt: the process ${pid}, which had 2 of the devices, was ended by SIGKILL; its devices are gone\n`,
    );
    expect(isAlive(other)).toBe(false);
  });

  it('are not left when the guest of one of them cannot be loaded', async () => {
    const command = await sixDevices('--publish-topic', 'a'.repeat(2000));
    const { code, stderr } = await command.ended;
    expect({ code, stderr }).toEqual({ code: 1, stderr: expect.stringMatching(/^wasmqtt: --publish-topic: .*\n$/) });
    expect(pidsOf(command)).toEqual([]);
  });
});
