// needs: mosquitto, openssl

import { createPrivateKey } from 'node:crypto';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { connect } from 'node:tls';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { issue } from '../../../../../host/pki/issue.js';
import { DojotRig, type RunningDojot } from './dojot-rig.js';

let rig: DojotRig;
let broker: RunningDojot;

beforeAll(async () => {
  rig = new DojotRig();
  for (const name of ['good', 'bad', 'late']) rig.pki.issueDevice(name, `/CN=admin:${name}`);
  broker = await rig.broker();
});

afterAll(() => rig.remove());

/** The serial number of the certificate that the broker shows now. */
async function shown(): Promise<string> {
  const socket = connect({ port: broker.tls, host: '127.0.0.1', ca: rig.pki.read('ca.crt'), servername: 'localhost' });
  socket.on('error', () => {});
  await once(socket, 'secureConnect');
  const { serialNumber } = socket.getPeerCertificate();
  socket.destroy();
  return serialNumber;
}

const serialOf = (name: string) =>
  rig.pki.print('x509', '-in', `${name}.crt`, '-noout', '-serial').trim().replace('serial=', '');

describe('while clients are connected', () => {
  it('one whose certificate is revoked is disconnected and not let in again, others stay', async () => {
    const [good, bad] = [
      await rig.client(broker.tls, 'good'),
      await rig.client(broker.tls, 'bad', { clientId: 'bad' }),
    ];
    const told = new Promise((resolve) => bad.once('disconnect', resolve));
    rig.writeCrl(['bad']);
    const gone = await broker.command.event('disconnected', ({ clientId }) => clientId === 'bad');
    expect(gone.reason).toMatch(/^the certificate with serial number \S+ is revoked since /);
    expect(await told).toMatchObject({ reasonCode: 0x87 });
    expect(good.connected).toBe(true);
    const from = broker.command.events.length;
    const again = await rig.mosquitto('pub', broker.tls, 'bad', '-t', 'admin:bad/attrs', '-m', '{}', '-q', '1');
    expect(again.code).not.toBe(0);
    expect((await broker.command.event('refused', () => true, from)).reason).toContain('CERT_REVOKED');
    await good.publishAsync('admin:good/attrs', '{}', { qos: 1 });
  });

  it('the broker takes another certificate of its own, and nobody loses the connection', async () => {
    expect(await shown()).toBe(serialOf('server'));
    const client = await rig.client(broker.tls, 'good');
    rig.pki.issueServer('second');
    rig.put('key.pem', 'second.key');
    rig.put('cert.pem', 'second.crt');
    while ((await shown()) !== serialOf('second')) await new Promise(setImmediate);
    await client.publishAsync('admin:good/attrs', '{}', { qos: 1 });
    expect(client.connected).toBe(true);
  });

  it('one whose certificate ends stays until its time is over, and is not let in again', async () => {
    const { pki } = rig;
    const key = createPrivateKey(pki.read('ca.key'));
    const der = Buffer.from(pki.read('ca.crt').replaceAll(/-----[^-]*-----/g, ''), 'base64');
    const now = Date.now();
    const times = { notBefore: now - 60_000, notAfter: now + 3000 };
    const late = { key: createPrivateKey(pki.read('late.key')), issuer: { key, certificateDer: der } };
    writeFileSync(
      pki.path('late.crt'),
      await issue({ purpose: 'device', commonName: 'admin:late', ...late, ...times }),
    );
    const client = await rig.client(broker.tls, 'late');
    const args = ['-t', 'admin:late/attrs', '-m', '{}', '-q', '1'];
    while ((await rig.mosquitto('pub', broker.tls, 'late', ...args)).code === 0)
      expect(Date.now() - now).toBeLessThan(20_000);
    const refused = await broker.command.event('refused', ({ reason }) => reason.includes('CERT_HAS_EXPIRED'));
    expect(refused.reason).toBe('client certificate not accepted: CERT_HAS_EXPIRED');
    await client.publishAsync('admin:late/attrs', '{}', { qos: 1 });
  });
});
