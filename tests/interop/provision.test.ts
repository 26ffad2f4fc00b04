// needs: mosquitto, mosquitto_pub, mosquitto_sub, openssl, bash
import { copyFileSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import { Authority } from './authority.js';
import { Child } from './child.js';
import { Command, cleanEnvironment } from './command.js';
import { works } from './device-works.js';
import { commands } from './fixture-commands.js';
import { Mosquitto, type MosquittoOptions } from './mosquitto.js';
import { temporaryFolder } from './temporary.js';
import { undoAfterEach } from './undo.js';

const DEVICE_SID = `UV${'ef'.repeat(16)}`;

let data: string;
let files: string;
const undo = undoAfterEach();

beforeEach(() => {
  const temporary = temporaryFolder();
  undo.push(temporary.remove);
  data = join(temporary.folder, 'data');
  files = join(temporary.folder, 'files');
  mkdirSync(files);
});

const file = (name: string) => join(files, name);

/** Runs a documented command; without a terminal openssl takes what it asks for from standard input. */
async function shell(command: string, env: Record<string, string> = {}, typed: string[] = []): Promise<void> {
  const options = { cwd: files, env: cleanEnvironment(env), detached: true, stdio: 'pipe' } as const;
  const child = new Child('bash', ['--norc', '-e', '-c', command], options);
  undo.push(() => child.kill());
  child.type(typed.map((line) => `${line}\n`).join(''));
  const { code, stderr } = await child.ended;
  expect(code, stderr).toBe(0);
}

/** Provisions the device, which then runs from the store alone. `names` says which file is what for the broker. */
async function provisionAndRun(
  options: string[],
  names: Record<string, string>,
  broker: MosquittoOptions,
  clientId = DEVICE_SID,
) {
  const mosquitto = await Mosquitto.start({ path: (name) => file(names[name] ?? name) }, broker);
  undo.push(() => mosquitto.remove());
  const common = ['--json', '--data', data, '--device-sid', DEVICE_SID];
  const where = ['--broker-host', 'localhost', '--broker-port', `${mosquitto.port}`];
  const provision = new Command(['provision', ...common, ...where, ...options, '--connect']);
  undo.push(() => provision.kill());
  const { code, stderr } = await provision.ended;
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  expect(provision.events.filter(({ severity }) => severity === 'error')).toEqual([]);
  expect(provision.events.filter(({ event }) => event === 'step').at(-1)).toMatchObject({
    step: 'mqtt',
    outcome: 'ok',
  });
  const device = new Command(['run', ...common, '--cloud-port', '0', '--interval', '200ms']);
  undo.push(() => device.kill());
  expect(await device.event('device')).toMatchObject({ source: 'store', deviceSid: DEVICE_SID });
  await works(mosquitto, device, clientId);
}

/** A CA in place of that of a service, with the certificate of its broker. */
function service(): Authority {
  const authority = new Authority('Service CA', 'rsa');
  undo.push(() => authority[Symbol.dispose]());
  authority.issue('server', { names: 'DNS:localhost' }).issue('watcher').issue('thing', { key: 'rsa' });
  for (const name of ['ca.pem', 'server.pem', 'server.key', 'watcher.pem', 'watcher.key']) {
    copyFileSync(authority.path(name), file(name));
  }
  return authority;
}

describe('a device is provisioned with the files that the documents make', () => {
  it.each([
    ['PEM, as the broker hands them out', 'pem'],
    ['DER, after the commands that convert them', 'der'],
  ])('the guide for any broker: %s', async (_, form) => {
    const authority = service();
    copyFileSync(authority.path('ca.pem'), file('root-ca.pem'));
    copyFileSync(authority.path('thing.pem'), file('client-certificate.pem'));
    copyFileSync(authority.path('thing.key'), file('client-private-key.pem'));
    for (const command of commands('fixtures/conversion-commands.sh')) await shell(command);
    const names = ['--root-ca', 'root-ca', '--cert', 'client-certificate', '--key', 'client-private-key'];
    const options = names.map((name) => (name.startsWith('--') ? name : file(`${name}.${form}`)));
    await provisionAndRun([...options, '--client-id', 'pump-7'], {}, { requireCertificate: true }, 'pump-7');
  });

  it.each([
    ['PKCS#8, as OpenSSL 3 writes it', 'openssl rsa'],
    ['PKCS#1, as OpenSSL before 3 wrote it', 'openssl rsa -traditional'],
  ])('the guide for AWS IoT: a key in %s', async (_, rsa) => {
    const authority = service();
    copyFileSync(authority.path('ca.pem'), file('AmazonRootCA1.pem'));
    copyFileSync(authority.path('thing.pem'), file('0123-certificate.pem.crt'));
    copyFileSync(authority.path('thing.key'), file('0123-private.pem.key'));
    const [convert] = commands('fixtures/aws-commands.sh');
    const env = { AWS_CERTIFICATE_ID: '0123', MV_DEVICE_SID: DEVICE_SID };
    await shell(convert.replace('openssl rsa', rsa), env);
    const [certificate, key] = [`${DEVICE_SID}-cert.der`, `${DEVICE_SID}-private_key.der`].map(file);
    const options = ['--root-ca', file('root-ca.der'), '--cert', certificate, '--key', key];
    await provisionAndRun(options, {}, { requireCertificate: true });
  });

  it("dojot's documentation: a request signed by its PKI, answers in one line", async () => {
    const authority = service();
    const [key, request, certificate, root] = commands('fixtures/dojot-commands.sh');
    const env = { DOJOT_DNS: 'localhost', TENANT: 'admin', DEVICE_ID: 'a1998e' };
    await shell(key);
    await shell(request, env);
    // What its PKI does: the answer is the base64 of the certificate.
    const sign = ['x509', '-req', '-in', file('client.csr'), '-CA', 'ca.pem', '-CAkey', 'ca.key', '-CAcreateserial'];
    authority.openssl(...sign, '-days', '2', '-copy_extensions', 'copy', '-out', 'signed.pem');
    const answer = (name: string) =>
      authority
        .read(name)
        .toString()
        .replace(/-----.*-----/g, '')
        .replace(/\s/g, '');
    await shell(certificate, { CRT_ENTITY_CONTENT: answer('signed.pem') });
    await shell(root, { CRT_ROOT_CONTENT: answer('ca.pem') });
    const options = ['--root-ca', file('root.crt'), '--cert', file('client.crt'), '--key', file('client.key')];
    await provisionAndRun(
      [...options, '--client-id', 'admin:a1998e'],
      {},
      { requireCertificate: true },
      'admin:a1998e',
    );
  });

  it('the tutorial for mosquitto: a CA with an encrypted key, user name and password', async () => {
    const ca = ['FR', 'France', 'Paris', 'Orange', 'IT', 'localhost', 'dev@mydomain.com'];
    const server = ['FR', 'France', 'Paris', 'Esiee', 'R&D', 'localhost', 'dev@mydomain.com', 'spring', 'Esiee'];
    const typed = [['remember', 'remember'], ['remember', ...ca], [], server, ['remember']];
    for (const [index, command] of commands('fixtures/tutorial-commands.sh').entries()) {
      await shell(command, {}, typed[index]);
    }
    const password = 'spring rolls';
    await shell('printf "%s\\n" "$PASSWORD" > password.txt', { PASSWORD: password });
    const names = { 'ca.pem': 'ca.crt', 'server.pem': 'srv.crt', 'server.key': 'srv.key' };
    const options = ['--root-ca', file('ca.crt'), '--username', 'sofiane', '--password-file', file('password.txt')];
    await provisionAndRun(options, names, { users: { sofiane: password } });
  });

  it('the documentation of the Altair emulator: certificates of version 1 for broker and client', async () => {
    const [ca, server, client] = commands('fixtures/altair-commands.sh');
    await shell(ca, {}, ['', '', '', '', '', 'localhost', '']);
    for (const command of [server, client]) await shell(command, { CommonName: 'localhost' });
    const names = {
      'ca.pem': 'ca.crt',
      'server.pem': 'server.crt',
      'watcher.pem': 'client.crt',
      'watcher.key': 'client.key',
    };
    const options = ['--root-ca', file('ca.crt'), '--cert', file('client.crt'), '--key', file('client.key')];
    await provisionAndRun(options, names, { requireCertificate: true });
  });
});
