import { createServer, type Socket } from 'node:net';
import { join } from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import { Command } from '../../../interop/command.js';
import { freePort, temporaryFolder } from '../../../interop/temporary.js';
import { undoAfterEach } from '../../../interop/undo.js';
import { withLocalValues } from '../local-values.js';

const DEVICE_SID = `UV${'e0'.repeat(16)}`;

let data: string;
const undo = undoAfterEach();

beforeEach(() => {
  const { folder, remove } = temporaryFolder();
  undo.push(remove);
  data = join(folder, 'data');
});

/** Runs in the process of the command before it. */
const preload = (script: string) => ({
  NODE_OPTIONS: `--import data:text/javascript,${encodeURIComponent(script)}`,
});

/** Prints what keeps the process when the last event is out, or when the command no longer waits for signals. */
const REMAINS = preload(`
  import { writeSync } from 'node:fs';
  const write = () => writeSync(2, 'REMAINS ' + process.getActiveResourcesInfo() + '\\n');
  // A handle that was closed is gone one turn later.
  const list = () => setImmediate(() => setImmediate(write));
  const print = process.stdout.write;
  process.stdout.write = function (text, ...rest) {
    if (String(text).includes('"event":"summary"')) list();
    return print.call(this, text, ...rest);
  };
  process.on('removeListener', (name) => name === 'SIGINT' && list());
`);

/** Has the command get SIGINT when it is about to listen for the first time. */
const INTERRUPTED_AT_START = preload(`
  import net from 'node:net';
  const { listen } = net.Server.prototype;
  net.Server.prototype.listen = function (...args) {
    net.Server.prototype.listen = listen;
    process.emit('SIGINT');
    return listen.apply(this, args);
  };
`);

function wasmqtt(args: string[], env: Record<string, string> = REMAINS): Command {
  const command = new Command(args, env);
  undo.push(() => command.kill());
  return command;
}

/** Timers and servers that keep a process. Sockets that are just closing do not for long: the process ends, which is awaited. */
const remains = (stderr: string) =>
  [...stderr.matchAll(/^REMAINS (.*)$/gm)].flatMap(([, list]) =>
    list.split(',').filter((name) => /Timeout|Server/.test(name)),
  );

/** Accepts connections and never says anything. */
async function silentServer(): Promise<number> {
  const sockets = new Set<Socket>();
  const server = createServer((socket) => sockets.add(socket.on('error', () => {})));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  undo.push(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  return (server.address() as { port: number }).port;
}

async function fillStore(values: Record<string, string>): Promise<void> {
  const scope = { kind: 'device', deviceSid: DEVICE_SID } as const;
  await withLocalValues(data, (stored) =>
    stored.write(
      Object.entries(values).map(([key, value]) => ({ op: 'set', scope, store: 'configs', key, value }) as const),
    ),
  );
}

const common = () => ['--json', '--data', data, '--device-sid', DEVICE_SID];
const run = (...args: string[]) => ['run', ...common(), '--cloud-port', '0', '--for', '20d', ...args];

describe('a run of 20 days ends when it is known that it fails, and nothing is left that keeps the process', () => {
  it.each<[string, () => Promise<string[]>, number]>([
    [
      'nothing listens at the port',
      async () => ['--broker-host', 'localhost', '--broker-port', `${await freePort()}`],
      1,
    ],
    ['the host does not resolve', async () => ['--broker-host', 'nosuch.invalid'], 1],
    ['the guest is not a module', async () => ['--guest', 'package.json'], 1],
    [
      'a value cannot be used',
      async () => {
        await fillStore({ 'broker-host': 'localhost', 'broker-port': '8883', 'root-CA': 'none' });
        return [];
      },
      1,
    ],
    ['options do not go together', async () => ['--root-ca', 'a.pem', '--broker-port', `${await freePort()}`], 1],
  ])('%s', async (_why, options, wanted) => {
    const { code, stderr } = await wasmqtt(run(...(await options()))).ended;
    expect(code, stderr).toBe(wanted);
    expect(stderr).toContain('REMAINS');
    expect(remains(stderr)).toEqual([]);
  });
});

describe('SIGINT ends', () => {
  it('a cloud of 20 days that listens', async () => {
    const cloud = wasmqtt(['cloud', '--json', '--data', data, '--port', '0', '--for', '20d']);
    await cloud.event('listening');
    const { code, stderr } = await cloud.interrupt();
    expect({ code, remains: remains(stderr) }).toEqual({ code: 0, remains: [] });
  });

  it.each([
    ['cloud', () => ['cloud', '--json', '--data', data, '--port', '0']],
    ['cloud --for', () => ['cloud', '--json', '--data', data, '--port', '0', '--for', '20d']],
    ['run', () => ['run', ...common(), '--cloud-port', '0']],
  ])('%s that is just starting', async (_name, args) => {
    expect(await wasmqtt(args(), INTERRUPTED_AT_START).ended).toMatchObject({ code: 0, stderr: '' });
  });

  it('provision while it tries the connection, and nothing is written', async () => {
    const where = ['--broker-host', 'localhost', '--broker-port', `${await silentServer()}`];
    const provision = wasmqtt(['provision', ...common(), ...where, '--connect', '--timeout', '20d'], {});
    await provision.event('step', ({ step }) => step === 'tcp');
    provision.signal('SIGINT');
    expect(await provision.ended).toMatchObject({ signal: 'SIGINT' });
    const scope = { kind: 'device', deviceSid: DEVICE_SID } as const;
    expect(await withLocalValues(data, (stored) => stored.list(scope, 'configs'))).toEqual([]);
  });
});

describe('nothing keeps the process after', () => {
  const closed = async () => ['--broker-host', 'localhost', '--broker-port', `${await freePort()}`];

  it('provision --connect that fails, with 20 days for each step', async () => {
    const args = ['provision', ...common(), ...(await closed()), '--connect', '--timeout', '20d'];
    const { code, stderr } = await wasmqtt(args).ended;
    expect({ code, remains: remains(stderr) }).toEqual({ code: 1, remains: [] });
  });

  it('provision', async () => {
    const { code, stderr } = await wasmqtt(['provision', ...common(), ...(await closed())]).ended;
    expect({ code, remains: remains(stderr) }).toEqual({ code: 0, remains: [] });
  });

  it('doctor --connect that fails, with 20 days for each step', async () => {
    await fillStore({ 'broker-host': 'localhost', 'broker-port': `${await freePort()}` });
    const { code, stderr } = await wasmqtt(['doctor', ...common(), '--connect', '--timeout', '20d']).ended;
    expect({ code, remains: remains(stderr) }).toEqual({ code: 1, remains: [] });
  });

  it('doctor --connect to a port that never answers', async () => {
    await fillStore({ 'broker-host': 'localhost', 'broker-port': `${await silentServer()}` });
    const { code, stderr } = await wasmqtt(['doctor', ...common(), '--connect', '--timeout', '50ms']).ended;
    expect({ code, remains: remains(stderr) }).toEqual({ code: 1, remains: [] });
  });

  it('bench', async () => {
    expect((await wasmqtt(['bench', '--json', '--filter', 'utf8.check.24'], {}).ended).code).toBe(0);
  });
});
