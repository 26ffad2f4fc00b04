// needs: gcc, stdio.h, cmake, make, wasm2c, openssl, mosquitto, mbedtls/ssl.h, arm-none-eabi-gcc, newlib/stdio.h, qemu-system-arm
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import process from 'node:process';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { typescriptProgram } from '../../../tools/run-typescript.js';
import { Authority } from '../../interop/authority.js';
import { Mosquitto } from '../../interop/mosquitto.js';
import { freePort } from '../../interop/temporary.js';
import { temporaryFolder } from '../temporary-folder.js';
import { interpreter, link, target, WASM3 } from '../toolchain.js';
import { CLIENT } from './client-runner.js';

const folder = temporaryFolder();
const pki = new Authority().issue('server', { names: 'DNS:localhost' }).issue('client').toDer('ca', 'client');
let mosquitto: Mosquitto;
let plain = 0;

beforeAll(async () => {
  // A build without wabt leaves it out.
  if (!existsSync('build/aot/core.c')) spawnSync(process.execPath, typescriptProgram('tools/build/translate.ts'));
  plain = await freePort();
  mosquitto = await Mosquitto.start(pki, {
    requireCertificate: true,
    lines: ['set_tcp_nodelay true', `listener ${plain} 127.0.0.1`],
  });
});

afterAll(async () => {
  await mosquitto.remove();
  pki[Symbol.dispose]();
});

const README = readFileSync('host/wasm3/client/example/README.md', 'utf8');

/** Runs the commands of the README for a program, with the places and ports of this test. Returns the lines of the last command. */
function follow(program: string, changes: Record<string, string> = {}): string[] {
  const [, commands] = new RegExp(`\`\`\`sh\\n([^\`]*${program}[^\`]*)\`\`\``).exec(README) ?? [];
  const places = { ' out': ` ${join(folder, 'out')}`, '\nout': `\n${join(folder, 'out')}`, ...changes };
  const text = Object.entries(places).reduce((all, [from, to]) => all.replaceAll(from, to), commands);
  const [build, run] = text.split('\n');
  const building = spawnSync('sh', ['-c', build], { encoding: 'utf8' });
  expect(building.status, building.stderr).toBe(0);
  const { status, stdout, stderr } = spawnSync('timeout', ['60', 'sh', '-c', run], { encoding: 'utf8' });
  return [...`${stdout}${stderr}`.trim().split('\n'), `exit code ${status}`];
}

const lineIn = (file: string) => ({ '8883 ca.der client.der client.key.der': `${mosquitto.port} ${file}` });
const three = (...names: string[]) => lineIn(names.map((name) => pki.path(name)).join(' '));

it('the example over POSIX sockets greets, with the commands of its README', () => {
  expect(follow('posix_client', { '1883': String(plain) })).toEqual([
    'greetings: hello',
    'closed: 0, 0',
    'exit code 0',
  ]);
});

it('the example with mbedTLS publishes over mutual TLS', () => {
  const said = follow('tls_client', three('ca.der', 'client.der', 'client.key.der'));
  expect(said).toEqual(['published: 0, 16', 'closed: 0, 0', 'exit code 0']);
});

it('the example with mbedTLS refuses a certificate that the core refuses, before mbedTLS gets it', () => {
  const der = pki.read('client.der');
  writeFileSync(pki.path('shorter.der'), der.subarray(0, -1));
  const said = follow('tls_client', three('ca.der', 'shorter.der', 'client.key.der'));
  expect(said).toEqual([
    expect.stringMatching(/shorter\.der is refused: the length of an element runs past/),
    'exit code 1',
  ]);
});

it('the example with mbedTLS does not connect to a server of another authority', () => {
  using other = new Authority('Other CA').toDer('ca');
  const said = follow(
    'tls_client',
    lineIn([other.path('ca.der'), pki.path('client.der'), pki.path('client.key.der')].join(' ')),
  );
  expect(said).toEqual([expect.stringMatching(/^closed: -100[34], 0$/), 'exit code 1']);
});

const GREETING = ['greetings: hello from a Cortex-M33', 'closed: 0, 0', 'exit code 0'];

it('the example on an emulated Cortex-M33 greets, translated, with the commands of its README', () => {
  const board = join(folder, 'board');
  const places = {
    '-B board': `-B ${board}`,
    '--build board': `--build ${board}`,
    '-kernel board': `-kernel ${board}`,
  };
  expect(follow('qemu-system-arm', { ...places, '1883': String(plain) })).toEqual(GREETING);
});

it('the example on an emulated Cortex-M33 greets, interpreted', () => {
  const program = join(folder, 'board_client_wasm3');
  const module = [...readFileSync('build/core.wasm')];
  writeFileSync(
    join(folder, 'wq_core_wasm.h'),
    `#include <stdint.h>\nstatic const uint8_t wq_core_wasm[${module.length}] = {${module.join(',')}};\n`,
  );
  const binding = ['wq_core.c', 'wq_text.c', 'wq_wasm3.c', 'wq_module.c'].map((name) => `host/wasm3/${name}`);
  const include = ['-Os', '-Wno-unused-parameter', `-I${folder}`, '-Ihost/wasm3/client', '-isystem', WASM3];
  const sources = [...binding, ...CLIENT, 'host/wasm3/client/example/board_client.c', interpreter(target)];
  link(target, program, ...include, ...sources);
  const [command, ...words] = target.start(program, []);
  words[words.indexOf('-serial') + 1] = `tcp:127.0.0.1:${plain}`;
  const { status, stdout } = spawnSync(command, words, { encoding: 'utf8' });
  expect([...stdout.trim().split('\n'), `exit code ${status}`]).toEqual(GREETING);
});
