import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, connect as openSocket } from 'node:net';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { stopProcess } from '../stop-process.js';

export type BrokerName = 'wasmqtt' | 'mosquitto' | 'aedes';
export type BrokerKind = 'plain' | 'tls' | 'durable';

export interface BrokerProcess {
  name: BrokerName;
  pid: number;
  port: number;
  /** Ends the process and removes its files. */
  stop(): Promise<void>;
}

/** The server's certificate for `tls`, as files. */
export interface TlsFiles {
  certificate: string;
  key: string;
}

/** Milliseconds for a broker to open its port. */
const PATIENCE = 15_000;

/** aedes without persistence: it has none of its own on disk. */
const AEDES = `
import { createRequire } from 'node:module';
import { createServer } from 'node:net';
const { Aedes } = createRequire(process.cwd() + '/')('aedes');
const aedes = await Aedes.createBroker({ concurrency: 1000 });
createServer(aedes.handle).listen(Number(process.argv[1]), '127.0.0.1');
`;

/**
 * Starts a broker on a free loopback port; undefined for what the broker cannot do.
 *
 * @param cli the program `wasmqtt`
 * @param prepare called with the folder of a durable broker's data before it starts
 * @throws Error when it does not open its port
 */
export async function startBrokerProcess(
  name: BrokerName,
  kind: BrokerKind,
  cli: string,
  tls: TlsFiles,
  prepare?: (data: string) => Promise<void>,
): Promise<BrokerProcess | undefined> {
  if (name === 'aedes' && kind !== 'plain') return undefined;
  const port = await freePort();
  const folder = mkdtempSync(join(tmpdir(), 'wasmqtt-bench-'));
  const configuration = join(folder, 'mosquitto.conf');
  const data = join(folder, 'data');
  mkdirSync(data);
  writeFileSync(configuration, configurationOf(port, kind, folder, tls));
  await prepare?.(data);
  const [program, ...args] = {
    wasmqtt: [process.execPath, cli, 'broker', '-c', configuration],
    mosquitto: ['mosquitto', '-c', configuration],
    aedes: [process.execPath, '--input-type=module', '-e', AEDES, String(port)],
  }[name];
  // Debian keeps mosquitto where not every user's PATH leads.
  const env = { ...process.env, PATH: `${process.env.PATH}${delimiter}/usr/sbin` };
  const child = spawn(program, args, { stdio: ['ignore', 'ignore', 'pipe'], env });
  let said = '';
  child.stderr.setEncoding('utf8').on('data', (text) => {
    said = (said + text).slice(-1000);
  });
  const ended = new Promise<string>((resolve) => {
    child.on('error', (error) => resolve(error.message));
    child.on('exit', (code) => resolve(`it ended with code ${code}`));
  });
  const stop = async () => {
    await stopProcess(child);
    rmSync(folder, { recursive: true, force: true });
  };
  const failure = await opens(port, ended);
  if (failure === undefined) return { name, pid: child.pid!, port, stop };
  await stop();
  throw new Error(`${name} does not serve port ${port}: ${failure}\n${said}`.trim());
}

/** The same file for both brokers that read it. */
function configurationOf(port: number, kind: BrokerKind, folder: string, tls: TlsFiles): string {
  const lines = [
    ...(kind === 'durable' ? ['persistence true', `persistence_location ${join(folder, 'data')}/`] : []),
    'max_inflight_messages 1000',
    'max_queued_messages 100000',
    'log_type error',
    // As root, mosquitto would go on as a user who may not read these files.
    ...(process.getuid?.() === 0 ? ['user root'] : []),
    `listener ${port} 127.0.0.1`,
    'allow_anonymous true',
    ...(kind === 'tls' ? [`certfile ${tls.certificate}`, `keyfile ${tls.key}`] : []),
  ];
  return `${lines.join('\n')}\n`;
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as { port: number };
  server.close();
  await once(server, 'close');
  return port;
}

/** Undefined once the port is open, or why it is not going to be. */
async function opens(port: number, ended: Promise<string>): Promise<string | undefined> {
  let failure: string | undefined;
  ended.then((reason) => {
    failure = reason;
  });
  const until = Date.now() + PATIENCE;
  while (failure === undefined && Date.now() < until) {
    if (await canConnect(port)) return undefined;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  return failure ?? `it did not open its port within ${PATIENCE / 1000} s`;
}

function canConnect(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = openSocket(port, '127.0.0.1', () => {
      socket.destroy();
      resolve(true);
    });
    socket.on('error', () => resolve(false));
  });
}
