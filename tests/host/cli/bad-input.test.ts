// needs: mosquitto, openssl
import { createServer, type Server } from 'node:net';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Authority } from '../../interop/authority.js';
import { Mosquitto, type MosquittoOptions } from '../../interop/mosquitto.js';
import { freePort } from '../../interop/temporary.js';
import { BadRun, makeCredentials, type Values } from './bad-rig.js';

let pki: Authority;
let rig: BadRun;
let broker: Mosquitto | undefined;

beforeAll(() => {
  pki = makeCredentials();
});

afterAll(() => pki[Symbol.dispose]());

beforeEach(() => {
  rig = new BadRun();
});

afterEach(async () => {
  rig[Symbol.dispose]();
  await broker?.remove();
  broker = undefined;
});

const hex = (name: string) => pki.hex(name);
const text = (name: string) => pki.read(name).toString('latin1');

/** What a device needs, with a port where nothing listens. */
async function goodValues(): Promise<Values> {
  return {
    'broker-host': 'localhost',
    'broker-port': `${broker?.port ?? (await freePort())}`,
    'root-CA': hex('ca.der'),
    cert: hex('device.der'),
    private_key: hex('device.key.der'),
  };
}

/** The sentence in which a run from the store ends, with these values in place of the good ones. */
async function fromStore(wrong: Record<string, string | undefined>, args: string[] = []): Promise<string> {
  const values = { ...(await goodValues()), ...wrong };
  await rig.fill(JSON.parse(JSON.stringify(values))); // without those that are undefined
  return rig.fail(args);
}

/** The same with options: a broker that listens is not needed where files are refused. */
async function fromOptions(wrong: Record<string, string | undefined>): Promise<string> {
  const options: Record<string, string | undefined> = {
    '--broker-host': 'localhost',
    '--broker-port': `${broker?.port ?? (await freePort())}`,
    '--root-ca': pki.path('ca.pem'),
    '--cert': pki.path('device.pem'),
    '--key': pki.path('device.key'),
    ...wrong,
  };
  await rig.fill({ 'broker-host': 'kept.invalid' });
  const args = Object.entries(options).flatMap(([name, value]) => (value === undefined ? [] : [name, value]));
  return rig.fail(args);
}

async function mosquitto(options: MosquittoOptions): Promise<void> {
  broker = await Mosquitto.start(pki, options);
}

describe('a key that is missing beside others', () => {
  it.each<[string, Record<string, string | undefined>, RegExp]>([
    ['broker-host', { 'broker-host': undefined }, /x/],
    ['broker-port', { 'broker-port': undefined }, /x/],
    ['private_key beside cert', { private_key: undefined }, /x/],
    ['cert beside private_key', { cert: undefined }, /x/],
    ['password beside username', { username: 'ann' }, /x/],
    ['username beside password', { password: 'secret' }, /x/],
  ])('%s', async (_name, values, sentence) => {
    expect(await fromStore(values)).toMatch(sentence);
  });
});

describe('text that is not the hex of DER', () => {
  it.each(['root-CA', 'cert', 'private_key'])('odd number of digits in %s', async (key) => {
    expect(await fromStore({ [key]: (await goodValues())[key].slice(0, -1) })).toMatch(/x/);
  });

  it.each<[string, string, (key: string) => string, RegExp]>([
    ['other text', 'cert', () => 'my certificate', /x/],
    ['hex with a newline at its end', 'cert', () => `${hex('device.der')}\n`, /x/],
    ['hex with spaces', 'private_key', () => hex('device.key.der').replace(/../g, '$& '), /x/],
    ['PEM text', 'root-CA', () => text('ca.pem'), /x/],
    ['PEM text', 'cert', () => text('device.pem'), /x/],
    ['PEM text', 'private_key', () => text('device.key'), /x/],
    ['hex of PEM text', 'root-CA', () => hex('ca.pem'), /x/],
    ['hex of PEM text', 'cert', () => hex('device.pem'), /x/],
    ['hex of PEM text', 'private_key', () => hex('device.key'), /x/],
    ['base64', 'cert', () => pki.read('device.der').toString('base64'), /x/],
    ['base64', 'private_key', () => pki.read('device.key.der').toString('base64'), /x/],
    ['half of the hex', 'cert', () => hex('device.der').slice(0, 200), /x/],
    ['nothing', 'root-CA', () => '', /x/],
  ])('%s in %s', async (_name, key, value, sentence) => {
    expect(await fromStore({ [key]: value(key) })).toMatch(sentence);
  });
});

describe('certificates and keys in the store', () => {
  it.each<[string, () => Values, RegExp]>([
    ['an expired certificate', () => ({ cert: hex('expired.der'), private_key: hex('expired.key.der') }), /x/],
    ['a certificate that is not yet valid', () => ({ cert: hex('early.der'), private_key: hex('early.key.der') }), /x/],
    ['an expired root CA', () => ({ 'root-CA': hex('expired.der') }), /x/],
    ['a PKCS#1 key', () => ({ cert: hex('rsa.der'), private_key: hex('pkcs1.der') }), /x/],
    ['a SEC1 key', () => ({ private_key: hex('sec1.der') }), /x/],
    ['an encrypted key', () => ({ private_key: hex('encrypted.der') }), /x/],
    ['a certificate where the key belongs', () => ({ private_key: hex('device.der') }), /x/],
    ['a key where the certificate belongs', () => ({ cert: hex('device.key.der') }), /x/],
    ['a key of another certificate', () => ({ private_key: hex('other.key.der') }), /x/],
  ])('%s', async (_name, values, sentence) => {
    expect(await fromStore(values())).toMatch(sentence);
  });
});

describe('files of options', () => {
  it.each<[string, () => Record<string, string>, RegExp]>([
    ['no such file', () => ({ '--cert': pki.path('nowhere.pem') }), /x/],
    ['a folder', () => ({ '--root-ca': pki.folder }), /x/],
    ['an expired certificate', () => ({ '--cert': pki.path('expired.pem'), '--key': pki.path('expired.key') }), /x/],
    [
      'a certificate that is not yet valid',
      () => ({ '--cert': pki.path('early.der'), '--key': pki.path('early.key') }),
      /x/,
    ],
    ['an expired root CA', () => ({ '--root-ca': pki.path('expired.pem') }), /x/],
    ['a PKCS#1 key, PEM', () => ({ '--cert': pki.path('rsa.pem'), '--key': pki.path('pkcs1.key') }), /x/],
    ['a PKCS#1 key, DER', () => ({ '--cert': pki.path('rsa.pem'), '--key': pki.path('pkcs1.der') }), /x/],
    ['a SEC1 key, PEM', () => ({ '--key': pki.path('sec1.key') }), /x/],
    ['a SEC1 key, DER', () => ({ '--key': pki.path('sec1.der') }), /x/],
    ['an encrypted key, PEM', () => ({ '--key': pki.path('encrypted.key') }), /x/],
    ['an encrypted key, DER', () => ({ '--key': pki.path('encrypted.der') }), /x/],
    ['a certificate where the key belongs, PEM', () => ({ '--key': pki.path('device.pem') }), /x/],
    ['a certificate where the key belongs, DER', () => ({ '--key': pki.path('device.der') }), /x/],
    ['a key where the certificate belongs, PEM', () => ({ '--cert': pki.path('device.key') }), /x/],
    ['a key where the certificate belongs, DER', () => ({ '--cert': pki.path('device.key.der') }), /x/],
    ['a key of another certificate', () => ({ '--key': pki.path('other.key') }), /x/],
    ['hex text', () => ({ '--cert': rig.file('hex.txt', hex('device.der')) }), /x/],
    ['hex text with a newline', () => ({ '--cert': rig.file('hex.txt', `${hex('device.der')}\n`) }), /x/],
    ['hex of PEM', () => ({ '--cert': rig.file('hex.txt', hex('device.pem')) }), /x/],
    ['base64 text', () => ({ '--key': rig.file('base64.txt', pki.read('device.key.der').toString('base64')) }), /x/],
    ['other text', () => ({ '--cert': rig.file('text.txt', 'my certificate') }), /x/],
    ['an empty file', () => ({ '--root-ca': rig.file('empty.pem', '') }), /x/],
    ['half a DER file', () => ({ '--cert': rig.file('half.der', pki.read('device.der').subarray(0, 100)) }), /x/],
    ['half a PEM file', () => ({ '--cert': rig.file('half.pem', text('device.pem').slice(0, 200)) }), /x/],
    [
      'a damaged PEM file',
      () => ({ '--cert': rig.file('bad.pem', text('device.pem').replace(/\nMII/, '\nMIJ')) }),
      /x/,
    ],
    ['a damaged PEM key', () => ({ '--key': rig.file('bad.key', text('device.key').replace(/\nMI/, '\nMJ')) }), /x/],
  ])('%s', async (_name, options, sentence) => {
    expect(await fromOptions(options())).toMatch(sentence);
  });

  it('an empty password file', async () => {
    const passwordFile = rig.file('password.txt', '\n');
    expect(await fromOptions({ '--username': 'ann', '--password-file': passwordFile })).toMatch(/x/);
  });
});

describe('the broker', () => {
  it.each(['eight', '0', '65536', '8883x', '-1', '8883\n', ''])('port text %j in the store', async (port) => {
    expect(await fromStore({ 'broker-port': port })).toMatch(/x/);
  });

  it('whose host does not resolve', async () => {
    expect(await fromStore({ 'broker-host': 'nosuch.invalid' })).toMatch(/x/);
  });
  it('whose host is text', async () => {
    expect(await fromStore({ 'broker-host': 'mqtts://localhost:8883' })).toMatch(/x/);
  });
  it('whose host does not resolve opt', async () => {
    expect(await fromOptions({ '--broker-host': 'nosuch.invalid' })).toMatch(/x/);
  });
  it('with a closed port', async () => {
    expect(await fromStore({})).toMatch(/x/);
  });
  it('with a closed port opt', async () => {
    expect(await fromOptions({})).toMatch(/x/);
  });
  it('signed by an unknown CA', async () => {
    await mosquitto({});
    expect(await fromOptions({ '--root-ca': pki.path('other.pem') })).toMatch(/x/);
  });
  it('signed by an unknown CA store', async () => {
    await mosquitto({});
    expect(await fromStore({ 'root-CA': undefined })).toMatch(/x/);
  });
  it('with another name in its certificate', async () => {
    await mosquitto({ server: 'elsewhere' });
    expect(await fromStore({})).toMatch(/x/);
  });
  it('with an expired certificate', async () => {
    await mosquitto({ server: 'outdated' });
    expect(await fromStore({})).toMatch(/x/);
  });
  it('that requires a client certificate', async () => {
    await mosquitto({ requireCertificate: true });
    expect(await fromOptions({ '--cert': undefined, '--key': undefined })).toMatch(/x/);
  });
  it('that requires a client certificate store', async () => {
    await mosquitto({ requireCertificate: true });
    expect(await fromStore({ cert: undefined, private_key: undefined })).toMatch(/x/);
  });
  it.each(['3.1.1', '5'])('with wrong password, %s', async (protocol) => {
    await mosquitto({ users: { ann: 'right' } });
    expect(await fromStore({ username: 'ann', password: 'wrong' }, ['--protocol', protocol])).toMatch(/x/);
  });
  it.each(['3.1.1', '5'])('with wrong password opt, %s', async (protocol) => {
    await mosquitto({ users: { ann: 'right' } });
    expect(
      await fromOptions({ '--protocol': protocol, '--username': 'ann', '--password-file': rig.file('p', 'wrong') }),
    ).toMatch(/x/);
  });
  it('own cert of another CA', async () => {
    await mosquitto({ requireCertificate: true });
    pki.openssl(
      'req',
      '-x509',
      '-newkey',
      'rsa:2048',
      '-nodes',
      '-keyout',
      'self.key',
      '-subj',
      '/CN=x',
      '-days',
      '2',
      '-out',
      'self.pem',
    );
    expect(await fromOptions({ '--cert': pki.path('self.pem'), '--key': pki.path('self.key') })).toMatch(/x/);
  });
});
describe('more', () => {
  let server: Server;
  let port: number;
  const listen = async (greeting: string) => {
    server = createServer((socket) => {
      socket.on('error', () => {});
      if (greeting) socket.write(greeting);
      else socket.destroy();
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    port = (server.address() as { port: number }).port;
  };
  afterEach(() => server?.close());
  it('no TLS there', async () => {
    await listen('HTTP/1.1 400 Bad Request\r\n\r\n');
    expect(await fromOptions({ '--broker-port': `${port}` })).toMatch(/x/);
  });
  it('closes', async () => {
    await listen('');
    expect(await fromOptions({ '--broker-port': `${port}` })).toMatch(/x/);
  });
  it('embedded port taken', async () => {
    await listen('');
    await rig.fill({});
    expect(await rig.fail(['--broker-port', `${port}`])).toMatch(/x/);
  });
  it('guest text', async () => {
    expect(await fromOptions({ '--guest': rig.file('x.wasm', 'text') })).toMatch(/x/);
  });
  it('guest none', async () => {
    expect(await fromOptions({ '--guest': '/nowhere.wasm' })).toMatch(/x/);
  });
});
