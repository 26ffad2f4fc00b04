// needs: mosquitto_sub, openssl
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { createBroker } from '../../../../host/broker/index.js';
import { Authority } from '../../../interop/authority.js';
import { Child } from '../../../interop/child.js';
import { Command } from '../../../interop/command.js';
import { undoAfterEach } from '../../../interop/undo.js';

const undo = undoAfterEach();

it('a broker that gives the client id to another device is reported with what to do (0x8E)', async () => {
  const pki = new Authority().issue('server', { names: 'DNS:localhost' });
  undo.push(() => pki[Symbol.dispose]());
  const credentials = { cert: pki.read('server.pem'), key: pki.read('server.key'), ca: pki.read('ca.pem') };
  const broker = await createBroker({ listeners: [{ protocol: 'mqtts', tls: credentials }] });
  undo.push(() => broker.close());
  const where = [
    '--broker-host',
    'localhost',
    '--broker-port',
    `${broker.listeners[0].port}`,
    '--root-ca',
    pki.path('ca.pem'),
  ];
  const data = ['--json', '--cloud-port', '0', '--data', join(pki.folder, 'data')];
  const run = new Command(['run', ...data, ...where, '--client-id', 'pump']);
  undo.push(() => run.kill());
  await run.event('connected');
  const client = [
    '-h',
    'localhost',
    '-p',
    `${broker.listeners[0].port}`,
    '--cafile',
    pki.path('ca.pem'),
    '-V',
    'mqttv5',
  ];
  const other = new Child('mosquitto_sub', [...client, '-i', 'pump', '-t', 'x']);
  undo.push(() => other.kill());
  expect(await run.event('disconnected')).toMatchObject({
    reasonCode: 0x8e,
    advice: 'another device uses this client id: choose another with --client-id or the config client-id',
  });
});
