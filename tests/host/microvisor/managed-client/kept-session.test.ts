// needs: openssl
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import process from 'node:process';
import { expect, it } from 'vitest';
import { MvMqttProtocolVersion } from '../../../../build/abi/microvisor.js';
import { Authority } from '../../../interop/authority.js';
import { Command } from '../../../interop/command.js';
import { freePort, temporaryFolder } from '../../../interop/temporary.js';
import { undoAfterEach } from '../../../interop/undo.js';
import { credentials, messageOut, publishRequest, subscribeRequest } from '../rig/mqtt-structures.js';
import { RealRig } from '../rig/real-rig.js';

const undo = undoAfterEach();

const ACL = 'pattern readwrite device/%c/#\n\nuser operator\ntopic write device/#\n';

/** A broker of a configuration that keeps its sessions: mutual TLS, and an ACL. */
async function setUp() {
  const authority = new Authority().issue('server', { names: 'DNS:localhost' }).issue('device').issue('operator');
  undo.push(() => authority[Symbol.dispose]());
  authority.toDer('ca', 'device', 'operator');
  const temporary = temporaryFolder();
  undo.push(temporary.remove);
  const { folder } = temporary;
  const port = await freePort();
  const files = ['cafile ca.pem', 'certfile server.pem', 'keyfile server.key'];
  const lines = [
    ...(process.getuid?.() === 0 ? ['user root'] : []),
    'persistence true',
    `persistence_location ${folder}/`,
    `listener ${port} 127.0.0.1`,
    ...files.map((line) => line.replace(' ', ` ${authority.folder}/`)),
    'require_certificate true',
    'use_identity_as_username true',
    `acl_file ${join(folder, 'acl')}`,
  ];
  writeFileSync(join(folder, 'acl'), ACL, { mode: 0o600 });
  writeFileSync(join(folder, 'm.conf'), `${lines.join('\n')}\n`);
  const start = async () => {
    const broker = new Command(['broker', '-c', join(folder, 'm.conf')]);
    undo.push(() => broker.kill());
    await broker.line('stderr', / running$/);
    return broker;
  };
  /** Makes the application connect, with clean start 0. */
  const connect = async (rig: RealRig, name: string) => {
    const channel = rig.channel();
    const der = (file: string) => new Uint8Array(authority.read(file));
    const pair = { chain: [der(`${name}.der`)], key: der(`${name}.key.der`) };
    const request = rig.connectRequest({
      protocolVersion: MvMqttProtocolVersion.V3_1_1,
      host: rig.put('localhost'),
      port,
      clientid: rig.put(name),
      cleanStart: 0,
      tlsCredentials: credentials(rig, { ca: [der('ca.der')], ...pair }),
    });
    rig.ok('mvMqttRequestConnect', channel, request);
    await rig.event('connected');
    return channel;
  };
  return { start, connect };
}

it('the device has its subscription and its messages when the broker was killed and both come back', async () => {
  const { start, connect } = await setUp();
  const first = await start();
  const [device, operator] = [new RealRig(), new RealRig()];
  const channel = await connect(device, 'device');
  device.ok('mvMqttRequestSubscribe', channel, subscribeRequest(device, ['device/device/in'], 1, 2));
  await device.event('subscribed');
  await first.kill();
  await device.event('disconnected');

  const second = await start();
  const command = async (text: string, qos: number) => {
    const request = publishRequest(operator, 'device/device/in', text, qos);
    operator.ok('mvMqttRequestPublish', await connected, request);
    await operator.event('published');
  };
  const connected = connect(operator, 'operator');
  await command('while it was away', 1);
  await command('exactly once', 2);
  // Killed once more, with the messages in the session.
  await second.kill();
  await start();

  const again = await connect(device, 'device');
  for (const payload of ['while it was away', 'exactly once']) {
    const message = await device.event('message');
    expect(Buffer.from(message.payload).toString()).toBe(payload);
    const out = messageOut(device);
    device.ok('mvMqttReceiveMessage', again, out.address);
    device.ok('mvMqttAcknowledgeMessage', again, device.u32(out.id));
    await device.event('acknowledged');
  }
  device.ok('mvMqttRequestDisconnect', again);
  await device.event('disconnected');
  await device.closed();
  await operator.closed();
});
