// npm run firmware:device: the device application on an emulated Cortex-M33 without Microvisor (host/wasm3/device), and a broker for it.
import type { ChildProcess } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { parseArgs } from 'node:util';
import { createBroker } from '../../host/broker/index.js';
import { hexEncode } from '../../host/core/index.js';
import { ensurePki, type Pki } from '../../host/pki/index.js';
import { runCommand, UsageError } from '../command.js';
import { DeviceLine } from './device-line.js';
import { compileFirmware, emulate, missingPrograms } from './emulated-device.js';

const HELP = `Runs build/app.wasm in wasm3 on qemu-system-arm -M musca-b1. host/wasm3/calls serves its system calls,
and its TLS connection goes to a development broker on this machine.

Options:
  --for SECONDS   ends by itself; otherwise Ctrl-C ends it
  --command TEXT  is sent to the device after its first reading
  --beside FILE   a certificate in DER that stands before the broker's CA in root-CA, such as one that has expired
  --json          one JSON object a line: started, connected, subscribed, published, log, and at the end summary

Examples:
  npm run firmware:device
  npm run firmware:device -- --for 10 --command hello --json

It needs gcc-arm-none-eabi, libnewlib-arm-none-eabi, qemu-system-arm and wabt of Debian (npm run setup).`;

const DEVICE_SID = 'UV00000000000000000000000000000033';

interface Options {
  /** Seconds; until a signal without it. */
  for?: number;
  command?: string;
  /** DER. */
  beside: Uint8Array;
  json: boolean;
}

type Report = (event: string, values?: Record<string, unknown>) => void;

const reporter =
  (json: boolean): Report =>
  (event, values = {}) => {
    const plain = Object.values(values).join(' ');
    console.log(json ? JSON.stringify({ event, ...values }) : `${event} ${plain}`.trim());
  };

/** Writes what the device finds in one of its stores. */
function provision(folder: string, store: string, values: Record<string, string>): void {
  mkdirSync(join(folder, store));
  for (const [key, value] of Object.entries(values)) writeFileSync(join(folder, store, key), value, { mode: 0o600 });
}

function provisionDevice(folder: string, port: number, pki: Pki, beside: Uint8Array): void {
  provision(folder, 'configs', {
    'broker-host': 'localhost',
    'broker-port': String(port),
    'root-CA': hexEncode(beside) + hexEncode(pki.ca.certificateDer),
    cert: hexEncode(pki.device.certificateDer),
  });
  provision(folder, 'secrets', { private_key: hexEncode(pki.device.privateKeyPkcs8) });
  for (const name of ['up', 'down']) writeFileSync(join(folder, name), '');
}

/** Resolves when the emulator or the time is over, or someone asks for the end. */
function untilEnd(emulator: ChildProcess, seconds: number | undefined): Promise<void> {
  return new Promise((resolve) => {
    const end = () => resolve();
    emulator.once('exit', end);
    emulator.once('error', end);
    process.stdout.on('error', end); // the reader is gone
    process.once('SIGINT', end);
    process.once('SIGTERM', end);
    if (seconds !== undefined) setTimeout(end, seconds * 1000).unref();
  });
}

async function run(folder: string, options: Options): Promise<number> {
  const report = reporter(options.json);
  if (!options.json) console.error('compiling the firmware');
  const program = compileFirmware(folder);
  const pki = await ensurePki(join(folder, 'pki'), { deviceSid: DEVICE_SID });
  let published = 0;
  let hasFailed = false;
  const tls = {
    cert: pki.server.certificatePem,
    key: pki.server.privateKeyPem,
    ca: pki.ca.certificatePem,
    requireCertificate: true,
  };
  const broker = await createBroker({
    listeners: [{ protocol: 'mqtts', tls }],
    log: (event) => {
      if (event.type === 'connected') report('connected', { clientId: event.clientId });
      if (event.type === 'subscribed') report('subscribed', { topic: event.subscriptions[0].topicFilter });
      if (event.type !== 'published' || event.clientId === undefined) return;
      report('published', { topic: event.topic, payload: Buffer.from(event.payload).toString() });
      if (published++ === 0 && options.command) broker.publish(`command/device/${DEVICE_SID}`, options.command);
    },
  });
  provisionDevice(folder, broker.listeners[0].port, pki, options.beside);
  const line = new DeviceLine(folder);
  const emulator = emulate(program, folder, (text) => {
    const [word, ...rest] = text.split(' ');
    if (word === 'log') report('log', { text: rest.join(' ') });
    else report(word, rest.length > 0 ? { text: rest.join(' ') } : {});
    hasFailed ||= word === 'failed';
  });
  await untilEnd(emulator, options.for);
  // The emulator reports any other signal on standard error.
  emulator.kill('SIGKILL');
  line.close();
  await broker.close();
  report('summary', { published });
  return hasFailed || published === 0 ? 1 : 0;
}

function readOptions(): Options | 'help' {
  const { values } = parseArgs({
    options: {
      for: { type: 'string' },
      command: { type: 'string' },
      beside: { type: 'string' },
      json: { type: 'boolean', default: false },
      help: { type: 'boolean', short: 'h' },
    },
  });
  if (values.help) return 'help';
  const seconds = values.for === undefined ? undefined : Number(values.for);
  if (seconds !== undefined && !(seconds > 0))
    throw new UsageError(`--for ${values.for}: give a number of seconds above 0`);
  const beside = values.beside === undefined ? new Uint8Array(0) : readFileSync(values.beside);
  return { for: seconds, command: values.command, beside, json: values.json };
}

await runCommand('firmware:device', async () => {
  const options = readOptions();
  if (options === 'help') {
    process.stdout.write(`${HELP}\n`);
    return 0;
  }
  const missing = missingPrograms();
  if (missing.length > 0)
    throw new Error(`this machine lacks ${missing.join(', ')}; npm run setup installs what is missing`);
  const folder = mkdtempSync(join(tmpdir(), 'wasmqtt-device-'));
  try {
    return await run(folder, options);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});
