// The device application on an emulated Cortex-M33 without Microvisor (host/wasm3/device), and a broker for it.
// Usage: node tools/firmware/device.ts [--for SECONDS] [--command TEXT] [--json]
import { execFileSync, spawn, spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { createInterface } from 'node:readline';
import { parseArgs } from 'node:util';
import { startBroker } from '../../build/host/broker.js';
import { hexEncode } from '../../build/host/core.js';
import { ensurePki } from '../../build/host/pki.js';
import { root } from '../root.js';
import { DeviceLine } from './device-line.js';

const HELP = `Runs build/app.wasm in wasm3 on qemu-system-arm -M musca-b1; its system calls are served by host/wasm3/calls,
its TLS connection goes to a development broker on this machine.

Options:
  --for SECONDS   ends by itself; else Ctrl-C does
  --command TEXT  is sent to the device when its first reading has come
  --json          one JSON object a line: started, connected, subscribed, published, log, and at the end summary

Examples:
  npm run firmware:device
  npm run firmware:device -- --for 10 --command hello --json

It takes gcc-arm-none-eabi, libnewlib-arm-none-eabi, qemu-system-arm and wabt of Debian (npm run setup).`;

const DEVICE_SID = 'UV00000000000000000000000000000033';
const WASM3 = process.env.WASM3_SOURCE ?? join(root, 'node_modules/react-native-webassembly/cpp');
const MACHINE = ['-mcpu=cortex-m33', '-mthumb', '-mfloat-abi=hard', '-mfpu=fpv5-sp-d16', '-ffunction-sections', '-Os'];

const options = parse();

function parse() {
  try {
    return parseArgs({
      options: {
        for: { type: 'string' },
        command: { type: 'string' },
        json: { type: 'boolean' },
        help: { type: 'boolean', short: 'h' },
      },
    }).values;
  } catch (error) {
    console.error(`${/** @type {Error} */ (error).message}; see --help`);
    return process.exit(2);
  }
}

/** @param {string} event @param {Record<string, unknown>} values */
function report(event, values = {}) {
  const plain = Object.values(values).join(' ');
  console.log(options.json ? JSON.stringify({ event, ...values }) : `${event} ${plain}`.trim());
}

/** Compiles the firmware; gives the program. @param {string} folder */
function compile(folder) {
  const gcc = (/** @type {string[]} */ ...words) =>
    execFileSync('arm-none-eabi-gcc', [...MACHINE, ...words], { cwd: root, stdio: ['ignore', 2, 2] });
  const at = (/** @type {string} */ name) => join(folder, name);
  execFileSync('wasm2c', [join(root, 'build/core.wasm'), '-n', 'core', '-o', at('core.c')]);
  const aot = ['-DWQ_AOT', '-DNDEBUG', '-Ihost/wasm3/aot', `-I${folder}`];
  gcc('-w', ...aot, '-c', at('core.c'), '-o', at('core.o'));
  gcc('-w', '-Ihost/wasm3', `-I${WASM3}`, '-c', 'host/wasm3/wq_engine.c', '-o', at('engine.o'));
  const rooms = ['calls', 'guest', 'device'].map((room) => `host/wasm3/${room}`);
  const sources = rooms.flatMap((room) => {
    const files = readdirSync(join(root, room), { recursive: true, encoding: 'utf8' });
    return files.flatMap((name) => (name.endsWith('.c') ? [`${room}/${name}`] : []));
  });
  const shared = ['wq_core.c', 'wq_text.c', 'wq_module.c', 'aot/wq_aot.c', 'musca-b1/start.c'];
  const includes = ['-Ibuild', '-Ihost/wasm3', ...rooms.map((room) => `-I${room}`), '-isystem', WASM3];
  const link = ['-nostartfiles', '--specs=rdimon.specs', '-T', 'host/wasm3/musca-b1/musca-b1.ld', '-Wl,--gc-sections'];
  const quiet = ['-Wl,--no-warn-rwx-segments', '-Wl,--no-warnings'];
  const own = [...sources, ...shared.map((name) => `host/wasm3/${name}`), at('core.o'), at('engine.o')];
  gcc('-std=c99', ...aot, ...includes, ...own, ...link, ...quiet, '-o', at('device'));
  return at('device');
}

/** What the device finds in its stores. @param {string} folder @param {string} store @param {Record<string, string>} values */
function provision(folder, store, values) {
  mkdirSync(join(folder, store));
  for (const [key, value] of Object.entries(values)) writeFileSync(join(folder, store, key), value, { mode: 0o600 });
}

/** Starts the emulator; lines of the firmware go to `onLine`. @param {string} program @param {string} folder @param {(line: string) => void} onLine */
function emulate(program, folder, onLine) {
  const words = ['fw', folder, join(root, 'build/app.wasm')].map((word) => `arg=${word}`).join(',');
  const quiet = ['-nographic', '-monitor', 'none', '-serial', 'none'];
  const semihosting = ['-semihosting-config', `enable=on,target=native,${words}`];
  const child = spawn('qemu-system-arm', ['-M', 'musca-b1', ...quiet, '-kernel', program, ...semihosting], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  // It would outlive this program, however that ends.
  process.once('exit', () => child.kill('SIGKILL'));
  createInterface({ input: child.stdout }).on('line', onLine);
  return child;
}

function missing() {
  const programs = ['arm-none-eabi-gcc', 'qemu-system-arm', 'wasm2c'];
  return programs.filter((name) => spawnSync(name, ['--version'], { stdio: 'ignore' }).error);
}

/** @param {string} folder */
async function run(folder) {
  if (!options.json) console.error('compiling the firmware');
  const program = compile(folder);
  const pki = await ensurePki(join(folder, 'pki'), { deviceSid: DEVICE_SID });
  const counts = { published: 0, failed: false };
  const broker = await startBroker({
    cert: pki.server.certificatePem,
    key: pki.server.privateKeyPem,
    ca: pki.ca.certificatePem,
    requireCertificate: true,
    allowAnonymous: true,
    log: (event) => {
      if (event.type === 'connected') report('connected', { clientId: event.clientId });
      if (event.type === 'subscribed') report('subscribed', { topic: event.subscriptions[0].topicFilter });
      if (event.type !== 'published' || event.clientId === undefined) return;
      report('published', { topic: event.topic, payload: Buffer.from(event.payload).toString() });
      if (counts.published++ === 0 && options.command) broker.publish(`command/device/${DEVICE_SID}`, options.command);
    },
  });
  provision(folder, 'configs', {
    'broker-host': 'localhost',
    'broker-port': String(broker.port),
    'root-CA': hexEncode(pki.ca.certificateDer),
    cert: hexEncode(pki.device.certificateDer),
  });
  provision(folder, 'secrets', { private_key: hexEncode(pki.device.privateKeyPkcs8) });
  for (const name of ['up', 'down']) writeFileSync(join(folder, name), '');
  const line = new DeviceLine(folder);
  const emulator = emulate(program, folder, (text) => {
    const [word, ...rest] = text.split(' ');
    if (word === 'log') report('log', { text: rest.join(' ') });
    else report(word, rest.length > 0 ? { text: rest.join(' ') } : {});
    counts.failed ||= word === 'failed';
  });
  await new Promise((resolve) => {
    emulator.once('exit', resolve);
    emulator.once('error', resolve);
    process.stdout.on('error', resolve); // nobody listens any more
    process.once('SIGINT', resolve);
    process.once('SIGTERM', resolve);
    if (options.for !== undefined) setTimeout(resolve, Number(options.for) * 1000).unref();
  });
  // Another signal it would report on standard error.
  emulator.kill('SIGKILL');
  line.close();
  await broker.close();
  report('summary', { published: counts.published });
  return counts.failed || counts.published === 0 ? 1 : 0;
}

if (options.help) {
  console.log(HELP);
} else if (options.for !== undefined && !(Number(options.for) > 0)) {
  console.error(`--for ${options.for}: give a number of seconds above 0`);
  process.exitCode = 2;
} else if (missing().length > 0) {
  console.error(`${missing().join(', ')}: not on this machine; npm run setup installs what is missing`);
  process.exitCode = 1;
} else {
  const folder = mkdtempSync(join(tmpdir(), 'wasmqtt-device-'));
  try {
    process.exitCode = await run(folder);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
