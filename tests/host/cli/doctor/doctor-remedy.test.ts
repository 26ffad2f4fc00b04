// needs: bash, curl, openssl
import { join } from 'node:path';
import process from 'node:process';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { type Cloud, Store, startCloud } from '../../../../host/cloud/index.js';
import { done } from '../../../interop/child.js';
import { CLI, cleanEnvironment } from '../../../interop/command.js';
import { type Material, makeMaterial, removeMaterial } from '../../credentials/material.js';
import { goodValues, splitPlace, withChanges } from '../../credentials/trap-case.js';
import { DoctorRig } from './doctor-rig.js';

const deviceSid = `UV${'e'.repeat(32)}`;
const account = { TWILIO_ACCOUNT_SID: `AC${'1'.repeat(32)}`, TWILIO_AUTH_TOKEN: 'secret-token' };

let material: Material;
let rig: DoctorRig;
let store: Store;
let cloud: Cloud;

beforeEach(async () => {
  material = makeMaterial();
  rig = new DoctorRig();
  store = await Store.open(join(rig.folder, 'remote'));
  const { TWILIO_ACCOUNT_SID: accountSid, TWILIO_AUTH_TOKEN: authToken } = account;
  cloud = await startCloud({ store, accountSid, authToken, port: 0 });
});

afterEach(async () => {
  await cloud.close();
  await store.close();
  rig[Symbol.dispose]();
  removeMaterial(material);
});

/** Runs what a finding says, with files for the places that it leaves open. */
async function follow(remedy: string, files: Record<string, string>): Promise<void> {
  const command = Object.entries(files).reduce(
    (text, [option, file]) => text.replace(`${option} FILE`, `${option} ${file}`),
    remedy
      .split(', which ')[0]
      .replace(', then ', ' && ')
      .replace(/^wasmqtt/, `"$NODE" "$CLI"`),
  );
  const env = cleanEnvironment({ ...account, NODE: process.execPath, CLI });
  await done('bash', ['-ec', command], { env, cwd: rig.folder });
}

it('stores are well after each remedy was followed', async () => {
  const { pki } = material;
  const stored = store.values(account.TWILIO_ACCOUNT_SID);
  const values = withChanges(goodValues(material), {
    'config root-CA': undefined,
    'config root-ca': pki.hex('ca.der'),
    'config broker-port': '1883',
    'config broker_port': '8883',
    'config cert': pki.read('device.pem').toString('latin1'),
  });
  for (const [place, value] of Object.entries(values)) {
    const { store: kind, name } = splitPlace(place);
    await stored.create({ kind: 'device', deviceSid }, `${kind}s`, name, value);
  }
  const args = ['--cloud', cloud.url, '--device-sid', deviceSid];
  const { findings } = await rig.doctor(args, account);
  expect(findings.map(({ trap }) => trap)).toEqual([
    'wrong-key-name',
    'port-without-tls',
    'pem-in-value',
    'unread-key',
  ]);
  const files = { '--root-ca': pki.path('ca.pem'), '--cert': pki.path('device.pem'), '--key': pki.path('device.key') };
  for (const { remedy } of findings) await follow(remedy.split(', or ')[0], files);
  expect((await rig.doctor(args, account)).findings).toEqual([]);
  expect((await stored.get({ kind: 'device', deviceSid }, 'configs', 'root-CA'))?.value).toBe(pki.hex('ca.der'));
});
