import { spawn } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { buildSync } from 'esbuild';
import { type Broker, createBroker, passwordRules } from '../../host/broker/index.js';
import { ensurePki } from '../../host/pki/index.js';
import { CLI, Command, cleanEnvironment } from '../interop/command.js';
import { PATIENCE } from '../patience.js';
import { ROOT } from './documents.js';

const DEVICE_SID = `UV${'d'.repeat(32)}`;
const ACCOUNT = { TWILIO_ACCOUNT_SID: `AC${'0'.repeat(32)}`, TWILIO_AUTH_TOKEN: 'token' };
const PASSWORD = 'correct horse';

/** How a block ended, with all that it printed. The code is null when it took too long. */
export interface Ended {
  code: number | null;
  output: string;
}

/** The commands that a document may use beside those of the system, as scripts of the shell. */
const COMMANDS = {
  npx: (wasmqtt: string) => `#!/bin/bash
if [ "$1" = wasmqtt ]; then shift; exec ${wasmqtt} "$@"; fi
cd "${ROOT}" && exec "node_modules/.bin/$1" "\${@:2}"
`,
  npm: (wasmqtt: string) => `#!/bin/bash
if [ "$1" = start ]; then shift 2; exec ${wasmqtt} run "$@"; fi
cd "${ROOT}" && exec npm "$@"
`,
};

/**
 * Where the commands of one document run: a temporary folder with files of a device, a broker and a cloud on loopback, and
 * `npx wasmqtt` as it is built.
 */
export class Workshop implements AsyncDisposable {
  readonly #folder: string;
  readonly #broker: Broker;
  readonly #cloud: Command;
  readonly #cloudUrl: string;
  readonly #env: NodeJS.ProcessEnv;

  private constructor(folder: string, broker: Broker, cloud: Command, cloudUrl: string, env: NodeJS.ProcessEnv) {
    this.#folder = folder;
    this.#broker = broker;
    this.#cloud = cloud;
    this.#cloudUrl = cloudUrl;
    this.#env = env;
  }

  static async open(): Promise<Workshop> {
    const folder = mkdtempSync(join(tmpdir(), 'wasmqtt-docs-'));
    const { ca, server, device } = await ensurePki(join(folder, '.wasmqtt/pki'), { deviceSid: DEVICE_SID });
    writeFileSync(join(folder, 'ca.pem'), ca.certificatePem);
    writeFileSync(join(folder, 'device.pem'), device.certificatePem);
    writeFileSync(join(folder, 'device.key'), device.privateKeyPem);
    writeFileSync(join(folder, 'pw.txt'), `${PASSWORD}\n`);
    const tls = {
      cert: server.certificatePem,
      key: server.privateKeyPem,
      ca: ca.certificatePem,
      requestCertificate: true,
    };
    const broker = await createBroker({
      listeners: [{ protocol: 'mqtts', tls }],
      rules: passwordRules({ users: new Map([['u', PASSWORD]]), allowAnonymous: true }),
    });
    const account = { ...ACCOUNT, MV_DEVICE_SID: DEVICE_SID };
    const cloud = new Command(['cloud', '--port', '0', '--json'], account, folder);
    const { url } = await cloud.event('listening');
    const bin = installCommands(folder);
    const env = { ...cleanEnvironment(account), PATH: `${bin}:${process.env.PATH}` };
    return new Workshop(folder, broker, cloud, url, env);
  }

  /** Runs a block of shell commands to its end; the first that fails ends it. */
  shell(text: string): Promise<Ended> {
    return this.#run('bash', ['-euo', 'pipefail', '-c', this.#local(text)]);
  }

  /** Runs a block of JavaScript, which imports the package by its name. */
  async script(text: string): Promise<Ended> {
    // Below the root, so that the name of the package leads to this package.
    mkdirSync(join(ROOT, 'build/docs'), { recursive: true });
    const folder = mkdtempSync(join(ROOT, 'build/docs/block-'));
    const file = join(folder, 'block.mjs');
    writeFileSync(file, text);
    try {
      return await this.#run(process.execPath, [file]);
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#cloud.interrupt();
    await this.#broker.close();
    rmSync(this.#folder, { recursive: true, force: true });
  }

  /** Runs a program in a process group of its own, all of which is ended when it takes too long. */
  #run(command: string, args: string[]): Promise<Ended> {
    const child = spawn(command, args, {
      env: this.#env,
      cwd: this.#folder,
      detached: true,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let output = '';
    for (const stream of [child.stdout, child.stderr])
      stream.setEncoding('utf8').on('data', (text) => (output += text));
    const guard = setTimeout(() => process.kill(-child.pid!, 'SIGKILL'), PATIENCE);
    return new Promise((resolve, reject) => {
      child.on('error', reject);
      child.on('close', (code) => {
        clearTimeout(guard);
        resolve({ code, output });
      });
    });
  }

  /** The text with addresses on loopback in the place of those that documents name. */
  #local(text: string): string {
    return text
      .replaceAll(
        '--broker-host broker.example.com',
        `--broker-host localhost --broker-port ${this.#broker.listeners[0].port}`,
      )
      .replaceAll('http://127.0.0.1:8180', this.#cloudUrl)
      .replaceAll('https://microvisor.twilio.com', this.#cloudUrl);
  }
}

/** Puts `npx` and `npm` of a document into a folder. @returns the folder, for PATH */
function installCommands(folder: string): string {
  const bin = join(folder, 'bin');
  mkdirSync(bin);
  const program = join(bin, 'wasmqtt.mjs');
  buildSync({ entryPoints: [join(import.meta.dirname, 'programs/wasmqtt.ts')], outfile: program, format: 'esm' });
  for (const [name, script] of Object.entries(COMMANDS)) {
    writeFileSync(join(bin, name), script(`"${process.execPath}" "${program}" "${CLI}"`));
    chmodSync(join(bin, name), 0o755);
  }
  return bin;
}
