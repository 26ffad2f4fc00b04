// needs: mosquitto, openssl
import { createServer, type Server } from 'node:net';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Authority } from '../../interop/authority.js';
import { Mosquitto, type MosquittoOptions } from '../../interop/mosquitto.js';
import { freePort } from '../../interop/temporary.js';
import { BadRun, makeCredentials, type Values } from './bad-rig.js';

type Wrong = Record<string, string | undefined>;

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
const pem = (name: string) => pki.read(name).toString('latin1');
const base64 = (name: string) => pki.read(name).toString('base64');

async function mosquitto(options: MosquittoOptions): Promise<void> {
  broker = await Mosquitto.start(pki, options);
}

/** The port of mosquitto, else one where nothing listens. */
async function port(): Promise<string> {
  return `${broker?.port ?? (await freePort())}`;
}

/** The sentence in which a run from the store ends, with these values in place of good ones. */
async function fromStore(wrong: Wrong, args: string[] = []): Promise<string> {
  const values: Wrong = {
    'broker-host': 'localhost',
    'broker-port': await port(),
    'root-CA': hex('ca.der'),
    cert: hex('device.der'),
    private_key: hex('device.key.der'),
    ...wrong,
  };
  await rig.fill(given(values));
  return rig.fail(args);
}

/** The same with options in place of a store, which holds another broker. */
async function fromOptions(wrong: Wrong): Promise<string> {
  const options: Wrong = {
    '--broker-host': 'localhost',
    '--broker-port': await port(),
    '--root-ca': pki.path('ca.pem'),
    '--cert': pki.path('device.pem'),
    '--key': pki.path('device.key'),
    ...wrong,
  };
  await rig.fill({ 'broker-host': 'kept.invalid' });
  return rig.fail(Object.entries(given(options)).flat());
}

function given(values: Wrong): Values {
  return Object.fromEntries(
    Object.entries(values).filter((entry): entry is [string, string] => entry[1] !== undefined),
  );
}

const HEXDUMP = /; store the hex digits of the DER file and nothing else: hexdump -v -e '1\/1 "%02x"' FILE$/;
const CONVERT_CERTIFICATE =
  /; convert it with openssl x509 -in FILE -outform der .*hexdump -v -e '1\/1 "%02x"' FILE.der$/;
const CONVERT_KEY = /; convert it with openssl pkcs8 -topk8 -nocrypt -in FILE -outform der .*hexdump .* FILE.der$/;

describe('a key that is missing in the store beside others', () => {
  it.each<[string, Wrong, RegExp]>([
    ['broker-host', { 'broker-host': undefined }, /already holds broker-port, .* but no broker-host; add broker-host/],
    ['broker-port', { 'broker-port': undefined }, /^broker-port: not found in the config store .*; store it there$/],
    ['private_key', { private_key: undefined }, /^private_key: not found in the secret store .*, or delete cert$/],
    ['cert', { cert: undefined }, /^cert: not found in the config store of the device; .*, or delete private_key$/],
    [
      'password',
      { username: 'ann' },
      /^password: not found in the secret store of the device; .*, or delete username$/,
    ],
    ['username', { password: 'secret' }, /^username: not found in the config store .*, or delete password$/],
  ])('%s', async (_name, values, sentence) => {
    expect(await fromStore(values)).toMatch(sentence);
  });
});

describe('text in the store that is not the hex of DER', () => {
  it.each<[string, string, () => string, RegExp, RegExp]>([
    [
      'an odd number of digits',
      'root-CA',
      () => hex('ca.der').slice(1),
      /odd number of digits.*character \d+/,
      HEXDUMP,
    ],
    ['an odd number of digits', 'cert', () => `${hex('device.der')}0`, /odd number of digits.*character \d+/, HEXDUMP],
    ['an odd number of digits', 'private_key', () => 'abc', /odd number of digits.* \(character 3\)/, HEXDUMP],
    ['other text', 'cert', () => 'my certificate', /none of 0 to 9, a to f, A to F \(character 1\)/, HEXDUMP],
    ['a newline at the end', 'cert', () => `${'30'.repeat(9)}\n\n`, /none of 0 to 9.* \(character 19\)/, HEXDUMP],
    ['a newline at the end', 'private_key', () => `${hex('device.key.der')}\n`, /./, HEXDUMP],
    ['spaces', 'private_key', () => hex('device.key.der').replace(/../g, '$& '), /none of .*\(character 3\)/, HEXDUMP],
    ['PEM text', 'root-CA', () => pem('ca.pem'), /PEM text/, CONVERT_CERTIFICATE],
    ['PEM text', 'cert', () => pem('device.pem'), /PEM text/, CONVERT_CERTIFICATE],
    ['PEM text', 'private_key', () => pem('device.key'), /PEM text/, CONVERT_KEY],
    ['the hex of PEM text', 'root-CA', () => hex('ca.pem'), /hex of PEM text/, CONVERT_CERTIFICATE],
    ['the hex of PEM text', 'cert', () => hex('device.pem'), /hex of PEM text/, CONVERT_CERTIFICATE],
    ['the hex of PEM text', 'private_key', () => hex('device.key'), /hex of PEM text/, CONVERT_KEY],
    ['base64', 'cert', () => base64('device.der'), /base64/, HEXDUMP],
    ['base64', 'private_key', () => base64('device.key.der'), /base64/, HEXDUMP],
    [
      'half of it',
      'cert',
      () => hex('device.der').slice(0, 200),
      /not a valid certificate: .*\(byte offset 1\)/,
      HEXDUMP,
    ],
    ['nothing', 'root-CA', () => '', /the value is empty/, /; store a value, or delete the key$/],
  ])('%s in %s', async (_name, key, value, reason, advice) => {
    const sentence = await fromStore({ [key]: value() });
    expect(sentence.startsWith(`${key}: `), sentence).toBe(true);
    expect(sentence).toMatch(reason);
    expect(sentence).toMatch(advice);
  });
});

describe('certificates and keys in the store', () => {
  it.each<[string, () => Wrong, RegExp]>([
    [
      'an expired certificate',
      () => ({ cert: hex('expired.der'), private_key: hex('expired.key.der') }),
      /^cert: the certificate has expired; store a renewed one$/,
    ],
    [
      'a certificate that is not yet valid',
      () => ({ cert: hex('early.der'), private_key: hex('early.key.der') }),
      /^cert: the certificate is not yet valid; check its dates and the clock$/,
    ],
    [
      'an expired root CA',
      () => ({ 'root-CA': hex('expired.der') }),
      /^root-CA: the certificate has expired; store a renewed one$/,
    ],
    [
      'a PKCS#1 key',
      () => ({ cert: hex('rsa.der'), private_key: hex('pkcs1.der') }),
      /^private_key: the key is PKCS#1 or SEC1; convert it with openssl pkcs8 -topk8 -nocrypt /,
    ],
    [
      'a SEC1 key',
      () => ({ private_key: hex('sec1.der') }),
      /^private_key: the key is PKCS#1 or SEC1; convert it with openssl pkcs8 -topk8 -nocrypt /,
    ],
    [
      'an encrypted key',
      () => ({ private_key: hex('encrypted.der') }),
      /^private_key: the key is encrypted; convert it with openssl pkcs8 -topk8 -nocrypt /,
    ],
    [
      'a certificate where the key belongs',
      () => ({ private_key: hex('device.der') }),
      /^private_key: a certificate stands where the private key belongs; store the hex of the PKCS#8 key /,
    ],
    [
      'a key where the certificate belongs',
      () => ({ cert: hex('device.key.der') }),
      /^cert: a private key stands where a certificate belongs; store the hex of the certificate here/,
    ],
    [
      'the key of another certificate',
      () => ({ private_key: hex('other.key.der') }),
      /^private_key: does not belong to the certificate in cert; store the key that the certificate was made for$/,
    ],
  ])('%s', async (_name, values, sentence) => {
    expect(await fromStore(values())).toMatch(sentence);
  });
});

describe('files of options', () => {
  const pair = (cert: string, key: string) => ({ '--cert': pki.path(cert), '--key': pki.path(key) });
  const [ca, cert, key] = ['--root-ca', '--cert', '--key'].map((option) => (name: string) => ({
    [option]: pki.path(name),
  }));
  const made = (option: string, content: string | Buffer) => ({ [option]: rig.file('made', content) });
  const KEY = 'openssl pkcs8 -topk8 -nocrypt';

  it.each<[string, () => Wrong, string]>([
    ['no file', () => cert('nowhere.pem'), '--cert FILE: cannot be read: there is no such file; give the path of'],
    ['a folder', () => ca('.'), '--root-ca FILE: cannot be read: it is a folder; give the path of a file'],
    ['an empty file', () => made('--root-ca', ''), '--root-ca FILE: is empty; give the file with its content'],
    ['an expired certificate', () => pair('expired.pem', 'expired.key'), '--cert FILE: the certificate expired on 2'],
    ['an expired root CA', () => ca('expired.der'), '--root-ca FILE: the certificate expired on 2'],
    [
      'an early certificate',
      () => pair('early.der', 'early.key'),
      '--cert FILE: the certificate is not valid before 2',
    ],
    [
      'PKCS#1 in PEM',
      () => pair('rsa.pem', 'pkcs1.key'),
      `--key FILE: holds a PKCS#1 key where an unencrypted PKCS#8 key belongs; convert it: ${KEY} -in`,
    ],
    [
      'PKCS#1 in DER',
      () => pair('rsa.der', 'pkcs1.der'),
      `--key FILE: holds a PKCS#1 key where an unencrypted PKCS#8 key belongs; convert it: ${KEY} -inform der -in`,
    ],
    [
      'SEC1 in PEM',
      () => key('sec1.key'),
      `--key FILE: holds a SEC1 (EC) key where an unencrypted PKCS#8 key belongs; convert it: ${KEY} -in`,
    ],
    [
      'SEC1 in DER',
      () => key('sec1.der'),
      `--key FILE: holds a SEC1 (EC) key where an unencrypted PKCS#8 key belongs; convert it: ${KEY} -inform der -in`,
    ],
    [
      'an encrypted key in PEM',
      () => key('encrypted.key'),
      `--key FILE: holds an encrypted key where an unencrypted PKCS#8 key belongs; convert it: ${KEY} -in`,
    ],
    [
      'an encrypted key in DER',
      () => key('encrypted.der'),
      `--key FILE: holds an encrypted key where an unencrypted PKCS#8 key belongs; convert it: ${KEY} -inform der -in`,
    ],
    [
      'a certificate as key, PEM',
      () => key('device.pem'),
      '--key FILE: there is no private key in this PEM file; give the file with a line BEGIN PRIVATE KEY',
    ],
    [
      'a certificate as key, DER',
      () => key('device.der'),
      '--key FILE: holds a certificate where an unencrypted PKCS#8 key belongs; give the private key that belongs to it',
    ],
    [
      'a key as certificate, PEM',
      () => cert('device.key'),
      '--cert FILE: there is no certificate in this PEM file; give the file with a line BEGIN CERTIFICATE',
    ],
    [
      'a key as certificate, DER',
      () => cert('device.key.der'),
      '--cert FILE: holds a PKCS#8 key where a certificate belongs; give a PEM or DER certificate',
    ],
    [
      'the key of another certificate',
      () => key('other.key'),
      '--key FILE: does not belong to the certificate in FILE; give the key that the certificate was made for',
    ],
    [
      'hex text',
      () => made('--cert', hex('device.der')),
      '--cert FILE: holds hex text where a certificate belongs; give a PEM or DER certificate',
    ],
    [
      'hex of PEM',
      () => made('--root-ca', `${hex('ca.pem')}\n`),
      '--root-ca FILE: holds something else where a certificate belongs; give a PEM or DER',
    ],
    [
      'base64 text',
      () => made('--key', base64('device.key.der')),
      '--key FILE: holds base64 text where an unencrypted PKCS#8 key belongs; give a PEM or DER key',
    ],
    [
      'other text',
      () => made('--cert', 'my certificate'),
      '--cert FILE: holds something else where a certificate belongs; give a PEM or DER',
    ],
    [
      'half a DER file',
      () => made('--cert', pki.read('device.der').subarray(0, 99)),
      '--cert FILE: not a valid certificate: byte 1: the length of an element runs past the end of what encloses it (X.690 8.1.3); give a whole DER file',
    ],
    [
      'half a PEM file',
      () => made('--cert', pem('device.pem').slice(0, 200)),
      '--cert FILE: is cut off, a line END CERTIFICATE is missing; get the whole file again',
    ],
    [
      'a damaged certificate',
      () => made('--cert', pem('device.pem').replace('\nMII', '\nMIJ')),
      '--cert FILE: a certificate in this PEM file is damaged; get the file again',
    ],
    [
      'a damaged key',
      () => made('--key', pem('device.key').replace('\nMI', '\nMJ')),
      '--key FILE: the private key in this PEM file is damaged; get the file again',
    ],
  ])('%s', async (_name, options, sentence) => {
    expect((await fromOptions(options())).replace(/\/tmp\/\S*[^\s:;]/g, 'FILE')).toContain(sentence);
  });

  it.each([
    ['\n', 'is empty; write the password into its first line'],
    ['a\nb\n', 'has more than one line; it must hold the password alone'],
  ])('a password file that holds %j', async (content, reason) => {
    const file = rig.file('password.txt', content);
    expect(await fromOptions({ '--username': 'ann', '--password-file': file })).toBe(
      `--password-file ${file}: ${reason}`,
    );
  });

  it('a guest that is no module, and one that is not there', async () => {
    const text = rig.file('guest.wasm', 'text');
    expect(await fromOptions({ '--guest': text })).toBe(
      `${text}: is not a WebAssembly module; give a .wasm file with --guest`,
    );
    expect(await rig.fail(['--guest', '/nowhere.wasm', '--broker-host', 'localhost'])).toMatch(
      /^\/nowhere.wasm: the guest cannot be read: there is no such file; give a .wasm file with --guest$/,
    );
  });
});

describe('a broker that cannot be reached', () => {
  it.each(['eight', '0', '65536', '8883\n'])('port text %j in the store', async (text) => {
    expect(await fromStore({ 'broker-port': text })).toBe(
      'broker-port: the port is not a number from 1 to 65535; store the TLS port of the broker, usually 8883',
    );
  });

  it.each([
    ['store', () => fromStore({ 'broker-host': 'nosuch.invalid' })],
    ['options', () => fromOptions({ '--broker-host': 'nosuch.invalid' })],
  ])('a host that does not resolve, from the %s', async (_from, fail) => {
    expect(await fail()).toMatch(
      /^cannot connect to nosuch.invalid:\d+: the host name does not resolve; check the config broker-host \(--broker-host\) /,
    );
  });

  it('an address where the host belongs', async () => {
    expect(await fromStore({ 'broker-host': 'mqtts://localhost' })).toMatch(/no host name; give the name alone/);
  });

  it.each([
    ['store', () => fromStore({})],
    ['options', () => fromOptions({})],
  ])('a closed port, from the %s', async (_from, fail) => {
    expect(await fail()).toMatch(
      /^cannot connect to localhost:\d+: nothing listens there \(ECONNREFUSED\); check the config broker-port /,
    );
  });
});

describe('a broker that does not match', () => {
  const start = 'cannot connect to localhost:PORT: ';
  const told = (sentence: string) => sentence.replace(/^(cannot connect to localhost:)\d+/, '$1PORT');

  it.each([
    ['store', () => fromStore({ 'root-CA': hex('other.der') })],
    ['store without a root CA', () => fromStore({ 'root-CA': undefined })],
    ['options', () => fromOptions({ '--root-ca': pki.path('other.pem') })],
  ])('an unknown CA, from the %s', async (_from, fail) => {
    await mosquitto({});
    expect(told(await fail())).toBe(
      `${start}the broker's certificate was not signed by a trusted CA; store the broker's root CA in the config root-CA (--root-ca FILE)`,
    );
  });

  it('another name in its certificate', async () => {
    await mosquitto({ server: 'elsewhere' });
    expect(told(await fromStore({}))).toBe(
      `${start}the broker's certificate is for DNS:elsewhere.invalid, not for localhost; name the broker as its certificate does, in the config broker-host (--broker-host)`,
    );
  });

  it('an expired certificate of its own', async () => {
    await mosquitto({ server: 'outdated' });
    expect(told(await fromStore({}))).toBe(
      `${start}the broker's certificate has expired; have it renewed, or check this machine's clock`,
    );
  });

  it.each([
    ['store', () => fromStore({ cert: undefined, private_key: undefined })],
    ['options', () => fromOptions({ '--cert': undefined, '--key': undefined })],
  ])('a client certificate is demanded, and there is none in the %s', async (_from, fail) => {
    await mosquitto({ requireCertificate: true });
    expect(told(await fail())).toMatch(
      /client certificate\)?; (give|check) .*config cert .* private_key \(--cert, --key\)$/,
    );
  });

  it('a client certificate of a CA that it does not know', async () => {
    await mosquitto({ requireCertificate: true });
    const selfSigned = ['req', '-x509', '-key', 'other.key', '-subj', '/CN=self', '-days', '2', '-out', 'self.pem'];
    pki.openssl(...selfSigned);
    const options = { '--cert': pki.path('self.pem'), '--key': pki.path('other.key') };
    expect(told(await fromOptions(options))).toMatch(/client certificate\)?; .*config cert .* \(--cert, --key\)$/);
  });

  describe.each([
    ['3.1.1', 'return code 5'],
    ['5', 'reason code 0x87'],
  ])('a wrong password under %s', (protocol, code) => {
    it.each([
      ['store', () => fromStore({ username: 'ann', password: 'wrong' }, ['--protocol', protocol])],
      [
        'options',
        () => {
          const passwordFile = rig.file('password.txt', 'wrong\n');
          return fromOptions({ '--protocol': protocol, '--username': 'ann', '--password-file': passwordFile });
        },
      ],
    ])('from the %s', async (_from, fail) => {
      await mosquitto({ users: { ann: 'right' } });
      expect(told(await fail())).toContain(
        `${start}the broker refused with ${code}: it does not authorize this client; check the config username and the secret password (--username, --password-file)`,
      );
    });
  });
});

describe('a port that something else has', () => {
  let server: Server;
  let taken: number;

  beforeEach(async () => {
    server = createServer((socket) => socket.on('error', () => {}).end('220 mail.example.com ESMTP\r\n'));
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    taken = (server.address() as { port: number }).port;
  });

  afterEach(() => server.close());

  it('as the broker: it does not speak TLS', async () => {
    expect(await fromOptions({ '--broker-port': `${taken}` })).toMatch(
      /: what listens there does not speak TLS; give the TLS port of the broker \(usually 8883\) in the config broker-port/,
    );
  });

  it.each(['--broker-port', '--cloud-port'])('as the one for %s', async (option) => {
    await rig.fill({});
    expect(await rig.fail([option, `${taken}`])).toMatch(
      new RegExp(
        `^${option} ${taken}: another program has this port on 127.0.0.1; end it, choose another port, or leave`,
      ),
    );
  });
});
