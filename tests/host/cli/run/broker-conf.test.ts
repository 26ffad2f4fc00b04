// needs: mosquitto_sub
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import type { Scope } from '../../../../host/cloud/index.js';
import { Child } from '../../../interop/child.js';
import { Command } from '../../../interop/command.js';
import { freePort, temporaryFolder } from '../../../interop/temporary.js';
import { undoAfterEach } from '../../../interop/undo.js';
import { withLocalValues } from '../local-values.js';

const DEVICE_SID = `UV${'c1'.repeat(16)}`;
const undo = undoAfterEach();
let folder: string;
let data: string;
let conf: string;

beforeEach(() => {
  const temporary = temporaryFolder();
  undo.push(temporary.remove);
  folder = temporary.folder;
  data = join(folder, 'data');
  conf = join(folder, 'm.conf');
});

async function run(text: string, ...args: string[]): Promise<Command> {
  writeFileSync(conf, text.replaceAll('DIR', folder));
  const ports = ['--cloud-port', '0', '--broker-port', `${await freePort()}`];
  const command = new Command([
    'run',
    '--json',
    '--data',
    data,
    '--device-sid',
    DEVICE_SID,
    ...ports,
    '--broker-conf',
    conf,
    ...args,
  ]);
  undo.push(() => command.kill());
  return command;
}

const read = (port: number, ...args: string[]) => {
  const from = ['-h', '127.0.0.1', '-p', `${port}`, '-t', 'sensor/#', '-C', '1', '-W', '10'];
  return new Child('mosquitto_sub', [...from, ...args]).ended;
};

describe('run --broker-conf', () => {
  it('opens the listeners of the file too, and their clients hear the device', async () => {
    const port = await freePort();
    const device = await run(`listener ${port} 127.0.0.1\nallow_anonymous true\n`);
    const broker = await device.event('listening', ({ service }) => service === 'broker');
    expect(await device.event('listening', ({ service }) => service === 'listener')).toEqual({
      event: 'listening',
      service: 'listener',
      url: `mqtt://127.0.0.1:${port}`,
      port,
    });
    expect(await device.event('connected')).toMatchObject({ broker: `localhost:${broker.port}` });
    expect(await read(port)).toMatchObject({ code: 0, stdout: expect.stringMatching(/\S/) });
    expect(await device.interrupt()).toMatchObject({ code: 0, stderr: '' });
  });

  it('judges the clients of the file by the rules of the file, and the device by its certificate alone', async () => {
    const port = await freePort();
    writeFileSync(join(folder, 'acl'), 'topic read public/#\n');
    writeFileSync(join(folder, 'passwords'), '');
    const device = await run(
      `listener ${port} 127.0.0.1\nallow_anonymous false\npassword_file DIR/passwords\nacl_file DIR/acl\n`,
    );
    await device.event('published');
    const { code, stderr } = await read(port);
    expect(code).not.toBe(0);
    expect(stderr).toMatch(/not authori[sz]ed/i);
    expect(await device.interrupt()).toMatchObject({ code: 0, summary: { errors: 0 } });
  });

  it('says what of the file a run does not do', async () => {
    const device = await run(`listener ${await freePort()} 127.0.0.1\nallow_anonymous true\npid_file DIR/pid\n`);
    expect(await device.event('broker')).toEqual({
      event: 'broker',
      text: `${conf}:3: pid_file has no effect in a run; "wasmqtt broker" takes it`,
    });
    await device.event('connected');
    await device.interrupt();
    expect(existsSync(join(folder, 'pid'))).toBe(false);
  });

  it('starts nothing when the file has mistakes, and names their lines', async () => {
    const device = await run('listener x\nnonsense\n');
    const { code, stdout, stderr } = await device.ended;
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr.split('\n')).toEqual([
      'wasmqtt: --broker-conf: the configuration has 2 errors; nothing was started',
      `${conf}:1:10: error: listener: "x" is not a whole number from 0 to 65535, 0 for a Unix socket; write one`,
      `${conf}:2:1: error: the option "nonsense" is not known; remove the line, or see mosquitto.conf(5) for the name`,
      '',
    ]);
    expect(existsSync(data)).toBe(false);
  });

  it('fails when a port of the file is taken, and names its line', async () => {
    const other = createServer();
    await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve));
    undo.push(() => other.close());
    const { port } = other.address() as { port: number };
    const { code, stderr } = await (await run(`listener ${port} 127.0.0.1\nallow_anonymous true\n`)).ended;
    expect(code).toBe(1);
    expect(stderr).toMatch(
      /^wasmqtt: \S+m\.conf:1: the broker cannot listen on 127\.0\.0\.1 port \d+: another program/,
    );
  });

  it('is refused beside --broker-host', async () => {
    const { code, stderr } = await (await run('', '--broker-host', 'localhost')).ended;
    expect(code).toBe(2);
    expect(stderr).toMatch(/^wasmqtt: --broker-conf and --broker-host exclude each other: /);
  });

  it('is refused when the store names a broker', async () => {
    const scope: Scope = { kind: 'device', deviceSid: DEVICE_SID };
    mkdirSync(data);
    await withLocalValues(data, (values) => values.create(scope, 'configs', 'broker-host', 'localhost'));
    const { code, stderr } = await (await run('')).ended;
    expect(code).toBe(2);
    expect(stderr).toMatch(/^wasmqtt: --broker-conf: is for the embedded broker, but the store names another/);
  });
});
