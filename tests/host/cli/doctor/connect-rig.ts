import type { Server, Socket } from 'node:net';
import { createServer as createTlsServer, type TlsOptions } from 'node:tls';
import { afterAll, afterEach, beforeAll, beforeEach } from 'vitest';
import { Authority } from '../../../interop/authority.js';
import type { JsonEvent } from '../../../interop/command.js';
import { Mosquitto, type MosquittoOptions } from '../../../interop/mosquitto.js';
import { type Changes, withChanges } from '../../credentials/trap-case.js';
import { DoctorRig } from './doctor-rig.js';

export const USERS = { ann: 'correct horse' };
const LONG = { from: '20200101000000Z', to: '20800101000000Z' };

export let pki: Authority;
/** A CA of another name, with a certificate for the device. */
export let foreign: Authority;
export let rig: DoctorRig;
const undo: (() => unknown)[] = [];

/** For files of tests of `wasmqtt doctor --connect`: certificates for all of them, a folder and brokers for each test. */
export function connecting(): void {
  beforeAll(() => {
    pki = new Authority('Interop CA', 'ec', 20_000)
      .issue('server', { ...LONG, names: 'DNS:localhost,IP:127.0.0.1' })
      .issue('elsewhere', { ...LONG, names: 'DNS:elsewhere.invalid' })
      .issue('outdated', { names: 'DNS:localhost', from: '20200101000000Z', to: '20210101000000Z' })
      .issue('early', { names: 'DNS:localhost', from: '20790101000000Z', to: '20800101000000Z' })
      .issue('soon', { names: 'DNS:localhost', from: '20200101000000Z', to: '20490101000000Z' })
      .issue('device', LONG)
      .issue('address', { ...LONG, commonName: '127.0.0.1' })
      .issue('middle', { ...LONG, extensions: ['basicConstraints=critical,CA:TRUE', 'keyUsage=keyCertSign'] })
      .issue('below', { ...LONG, names: 'DNS:localhost', issuer: 'middle' })
      .issue('no-name', { ...LONG, subject: '/O=Pumps' })
      .toDer('ca', 'device', 'no-name');
    foreign = new Authority('Another CA', 'ec', 20_000).issue('device', LONG).toDer('ca', 'device');
  });

  afterAll(() => {
    pki[Symbol.dispose]();
    foreign[Symbol.dispose]();
  });

  beforeEach(() => {
    rig = new DoctorRig();
  });

  afterEach(async () => {
    for (const action of undo.splice(0).reverse()) await action();
    rig[Symbol.dispose]();
  });
}

/** Does something when the test is over, the last first. */
export function afterwards(action: () => unknown): void {
  undo.push(action);
}

export async function mosquitto(options: MosquittoOptions = {}): Promise<Mosquitto> {
  const broker = await Mosquitto.start(pki, options);
  afterwards(() => broker.remove());
  return broker;
}

/** A server that does not speak MQTT, on a free port. */
export async function server(make: () => Server): Promise<{ port: number }> {
  const listener = make();
  const sockets = new Set<Socket>();
  listener.on('connection', (socket) => sockets.add(socket.on('error', () => {})));
  await new Promise<void>((ready) => listener.listen(0, '127.0.0.1', ready));
  afterwards(() => {
    for (const socket of sockets) socket.destroy();
    listener.close();
  });
  return { port: (listener.address() as { port: number }).port };
}

export const tlsServer =
  (onConnection: (socket: Socket) => void, options: TlsOptions = {}) =>
  () =>
    createTlsServer({ cert: pki.read('server.pem'), key: pki.read('server.key'), ...options }, (socket) => {
      socket.on('error', () => {});
      onConnection(socket);
    });

const certificate = () => ({
  'config cert': pki.hex('device.der'),
  'secret private_key': pki.hex('device.key.der'),
});
export const password = (text: string) => ({ 'config username': 'ann', 'secret password': text });

/** A store for a broker that demands a certificate, with changes. */
export async function fill({ port }: { port: number }, changes: Changes = {}): Promise<string> {
  const values = {
    'config broker-host': 'localhost',
    'config broker-port': `${port}`,
    'config root-CA': pki.hex('ca.der'),
  };
  return rig.fill(withChanges({ ...values, ...certificate() }, changes));
}

/** Step and outcome of each. */
export const brief = (steps: JsonEvent[]) => steps.map(({ step, outcome }) => `${step} ${outcome}`);
export const PASSWORD_ONLY = { 'config cert': undefined, 'secret private_key': undefined };
