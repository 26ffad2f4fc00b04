// needs: mosquitto, openssl
import { once } from 'node:events';
import { connect } from 'node:tls';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { DojotSystem, portsOf } from './dojot-system.js';
import { freePort } from './temporary.js';

let system: DojotSystem;

beforeEach(() => {
  system = new DojotSystem();
});

afterEach(() => system.remove());

it('a PKI that is away is one line, and the broker starts when it comes; when it goes again, clients stay', async () => {
  const port = await freePort();
  const every = { CRL_UPDATE_TIME: '* * * * * *' };
  const broker = system.broker({ EJBCA_ADDRESS: `localhost:${port}`, ...every });
  const line = await broker.line('stderr', /The PKI/);
  expect(line).toMatch(
    /The PKI \(EJBCA_ADDRESS\): GET http:\/\/localhost:\d+\/ejbca\/version: .*; it tries again, next in 1 s\.$/,
  );
  const { command } = await system.pki('--internal-port', `${port}`);
  const { plain } = await portsOf(broker);
  await broker.event('pki unavailable');
  await broker.event('pki available');
  await command.kill();
  const from = broker.events.length;
  await broker.event('pki unavailable', () => true, from);
  const sent = await system.start('mosquitto_pub', [
    '-p',
    `${plain}`,
    '-u',
    'admin:a',
    '-t',
    'admin:a/attrs',
    '-m',
    '{}',
    '-q',
    '1',
  ]).ended;
  expect([sent.code, sent.stderr]).toEqual([0, '']);
  await system.pki('--internal-port', `${port}`);
  await broker.event('pki available', () => true, from);
  expect((await broker.interrupt()).code).toBe(0);
});

it('a broker that waits for its PKI ends when it is asked to, and says why it never listened', async () => {
  const broker = system.broker({ EJBCA_ADDRESS: `localhost:${await freePort()}` });
  await broker.line('stderr', /The PKI/);
  const { code, stderr } = await broker.interrupt();
  expect(code).toBe(1);
  expect(stderr).toMatch(/stopped before the PKI at http:\/\/localhost:\d+ issued a certificate/);
});

it('the broker renews its own certificate on its schedule, and nobody loses the connection', async () => {
  const { internalUrl } = await system.pki();
  // Certificates of the PKI live for two days, which is less.
  const margin = { CHECKEND_EXPIRATION_SEC: '200000', CHECK_EXPIRATION_TIME: '* * * * * *' };
  const broker = system.broker({ EJBCA_ADDRESS: internalUrl, ...margin });
  const { tls, plain } = await portsOf(broker);
  const stays = system.start('mosquitto_sub', ['-p', `${plain}`, '-i', 'stays', '-u', 'v2k-bridge', '-t', '#']);
  await broker.event('subscribed');
  const open = connect({ port: tls, host: '127.0.0.1', rejectUnauthorized: false });
  open.on('error', () => {});
  await once(open, 'secureConnect');
  const first = open.getPeerCertificate();
  expect(first).toMatchObject({
    subject: { CN: 'broker' },
    subjectaltname: 'DNS:localhost',
    issuer: { CN: 'IOTmidCA' },
  });
  open.destroy();
  const renewed = await broker.event('pki certificate', ({ why }) => why.startsWith('the former one ends at'));
  await broker.event(
    'pki certificate',
    ({ serialNumber }) => serialNumber !== renewed.serialNumber && serialNumber !== first.serialNumber,
  );
  expect(stays.stderr).toBe('');
  expect(broker.events.filter(({ event }) => event === 'disconnected')).toEqual([]);
  const shown = connect({ port: tls, host: '127.0.0.1', rejectUnauthorized: false });
  shown.on('error', () => {});
  await once(shown, 'secureConnect');
  expect(shown.getPeerCertificate().serialNumber).not.toBe(first.serialNumber);
  shown.destroy();
});

it('generation 3: owners of certificates are asked for by fingerprint, on both ports', async () => {
  await system.addUser();
  const { url, internalUrl } = await system.pki('--generation', '3');
  const variables = {
    CERT_SC_X509_URL: internalUrl,
    CERTIFICATE_ACL_URL: `${internalUrl}/internal/api/v1/acl-entries/`,
  };
  const broker = system.broker(variables, '--generation', '3');
  const { tls, services } = await portsOf(broker);
  const script = `
    jwt=$(curl -s -X POST ${url}/auth -H 'Content-Type:application/json' -d '{"username": "user", "passwd": "password"}' | jq .jwt -r)
    request() { openssl req -new -newkey rsa:2048 -nodes -keyout "$1.key" -subj "/CN=$2" 2> /dev/null; }
    request device a1998e | jq -Rs '{csr: ., belongsTo: {device: "a1998e"}}' |
      curl -s -f ${url}/x509/v1/certificates -H "Authorization: Bearer $jwt" -H 'Content-Type: application/json' -d @- |
      jq -r .certificatePem > device.crt
    request bridge v2k-bridge | jq -Rs '{csr: ., belongsTo: {application: "v2k-bridge"}}' |
      curl -s -f ${internalUrl}/internal/api/v1/throw-away -H 'Content-Type: application/json' -d @- | jq -r .certificatePem > bridge.crt
    curl -s -f ${internalUrl}/internal/api/v1/throw-away/ca | jq -r .caPem > ca.crt`;
  const made = await system.shell(script);
  expect(made.code, made.stderr).toBe(0);
  const client = (program: 'sub' | 'pub', port: number, name: string, ...args: string[]) => {
    const own = ['--cert', `${name}.crt`, '--key', `${name}.key`, '--cafile', 'ca.crt'];
    return system.start(`mosquitto_${program}`, ['-h', 'localhost', '-p', `${port}`, ...own, ...args]);
  };
  const bridge = client('sub', services, 'bridge', '-t', '$share/group/+/attrs', '-v', '-C', '1');
  await broker.event('subscribed');
  expect((await client('pub', tls, 'device', '-t', 'admin:a1998e/attrs', '-m', '{"a":1}').ended).code).toBe(0);
  expect((await bridge.ended).stdout).toBe('admin:a1998e/attrs {"a":1}\n');
  // On the port of the services a claim counts for nothing either.
  const claims = await client('sub', services, 'device', '-u', 'v2k-bridge', '-t', '#', '-E').ended;
  expect(claims.stderr).toContain('All subscription requests were denied');
  expect(broker.events.filter(({ event }) => event === 'connected').map(({ userName }) => userName)).toEqual([
    'v2k-bridge',
    'admin:a1998e',
    'admin:a1998e',
  ]);
});

it('SIGHUP has the broker ask for a new CRL at once', async () => {
  const { internalUrl } = await system.pki();
  const broker = system.broker({ EJBCA_ADDRESS: internalUrl, CRL_UPDATE_TIME: '0 0 1 1 *' });
  await broker.event('listening');
  await broker.event('pki certificate');
  broker.signal('SIGHUP');
  await broker.event('reloaded', ({ done }) => done);
  await broker.event('pki revocation list');
});
