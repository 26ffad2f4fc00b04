// needs: mosquitto, mosquitto_pub, mosquitto_sub
import { writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { beforeEach, expect, it } from 'vitest';
import { Child } from './child.js';
import { Command } from './command.js';
import { freePort, temporaryFolder } from './temporary.js';
import { undoAfterEach } from './undo.js';

let temporary: ReturnType<typeof temporaryFolder>;
const undo = undoAfterEach();

beforeEach(() => {
  temporary = temporaryFolder();
  undo.push(temporary.remove);
});

/** A broker with this configuration, on a free port of loopback. */
async function start(program: 'mosquitto' | 'wasmqtt', lines = ''): Promise<{ broker: Child; port: number }> {
  const port = await freePort();
  const conf = join(temporary.folder, `${program}.conf`);
  const user = process.getuid?.() === 0 ? 'user root\n' : '';
  writeFileSync(
    conf,
    `${user}listener ${port} 127.0.0.1\nallow_anonymous true\nlog_dest stderr\nlog_type all\n${lines}`,
  );
  const broker = program === 'mosquitto' ? new Child('mosquitto', ['-c', conf]) : new Command(['broker', '-c', conf]);
  undo.push(() => broker.kill());
  await broker.line('stderr', / running$/);
  return { broker, port };
}

const bridge = (port: number) =>
  `connection other\naddress 127.0.0.1:${port}\ntopic out/# out 1 here/ there/\ntopic in/# in 1 here/ there/\nrestart_timeout 1\n`;

async function carries(
  fromBroker: { broker: Child; port: number },
  to: { broker: Child; port: number },
  sent: string,
  got: string,
) {
  const reader = new Child('mosquitto_sub', [
    '-p',
    `${to.port}`,
    '-t',
    got,
    '-q',
    '1',
    '-i',
    'reader',
    '-F',
    '%t %p',
    '-C',
    '1',
  ]);
  undo.push(() => reader.kill());
  await to.broker.line('stderr', /Sending SUBACK to reader/);
  const written = await new Child('mosquitto_pub', ['-p', `${fromBroker.port}`, '-t', sent, '-m', 'x', '-q', '1'])
    .ended;
  expect(written).toMatchObject({ code: 0 });
  expect((await reader.ended).stdout).toBe(`${got} x\n`);
}

it.each([
  ['ours', 'wasmqtt', 'mosquitto'],
  ['that of mosquitto', 'mosquitto', 'wasmqtt'],
] as const)('a bridge section does the same in both brokers, in both directions: %s', async (_, near, far) => {
  const there = await start(far);
  const here = await start(near, bridge(there.port));
  // The subscription at the other broker: from then on messages come in too.
  await there.broker.line('stderr', new RegExp(`Sending SUBACK to ${hostname()}\\.other`));
  await carries(here, there, 'here/out/a', 'there/out/a');
  await carries(there, here, 'there/in/a', 'here/in/a');
});
