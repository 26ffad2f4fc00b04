// needs: mosquitto, openssl
import { createServer, type Server } from 'node:net';
import { createServer as createTlsServer } from 'node:tls';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { fromOptions, fromStore, hex, mosquitto, pki, rig } from './bad-input.js';

describe('a run says in one sentence why it cannot reach the broker', () => {
  it.each(['eight', '0', '65536', '8883\n'])('the store has %j for the port', async (text) => {
    expect(await fromStore({ 'broker-port': text })).toBe(
      'broker-port: the port is not a number from 1 to 65535; store the TLS port of the broker, usually 8883',
    );
  });

  it.each([
    ['store', () => fromStore({ 'broker-host': 'nosuch.invalid' })],
    ['options', () => fromOptions({ '--broker-host': 'nosuch.invalid' })],
  ])('the host from the %s does not resolve', async (_from, fail) => {
    expect(await fail()).toMatch(
      /^cannot connect to nosuch.invalid:\d+: the host name does not resolve; check the config broker-host \(--broker-host\) /,
    );
  });

  it.each([
    ['store', () => fromStore({ 'broker-host': '[::1]' })],
    ['options', () => fromOptions({ '--broker-host': '[::1]' })],
  ])('the address from the %s is in brackets', async (_from, fail) => {
    expect(await fail()).toMatch(
      /: the address is in brackets, which belong to a URL; give ::1 without brackets in the config broker-host /,
    );
  });

  it.each([
    ['store', () => fromStore({ 'broker-port': '443', 'broker-host': 'nosuch.invalid' })],
    ['options', () => fromOptions({ '--broker-port': '443', '--broker-host': 'nosuch.invalid' })],
  ])('port 443 from the %s is a finding before it connects', async (_from, fail) => {
    await fail();
    expect(rig.findings).toMatchObject([{ severity: 'warning', trap: 'port-needs-alpn' }]);
  });

  it('the host is a URL', async () => {
    expect(await fromStore({ 'broker-host': 'mqtts://localhost' })).toMatch(/not a host name; give only the name/);
  });

  it.each([
    ['store', () => fromStore({})],
    ['options', () => fromOptions({})],
  ])('nothing listens on the port from the %s', async (_from, fail) => {
    expect(await fail()).toMatch(
      /^cannot connect to localhost:\d+: nothing listens there \(ECONNREFUSED\); check the config broker-port /,
    );
  });
});

describe('a run says in one sentence what does not fit between device and broker', () => {
  const start = 'cannot connect to localhost:PORT: ';
  const withoutPort = (sentence: string) => sentence.replace(/^(cannot connect to localhost:)\d+/, '$1PORT');

  it.each([
    ['store', 'root-CA ("CN=other")', () => fromStore({ 'root-CA': hex('other.der') })],
    ['store without a root CA', 'the Mozilla roots', () => fromStore({ 'root-CA': undefined })],
    ['options', 'root-CA ("CN=other")', () => fromOptions({ '--root-ca': pki.path('other.pem') })],
  ])('the CA from the %s is not that of the broker', async (_from, trusted, fail) => {
    await mosquitto({});
    expect(withoutPort(await fail())).toBe(
      `${start}the broker's certificate was not signed by a trusted CA: its root "CN=Interop CA" is not in ${trusted}; store the broker's root CA in the config root-CA (--root-ca FILE)`,
    );
  });

  it('the broker takes the user name from the certificate, which has no CN', async () => {
    await mosquitto({ requireCertificate: true, anonymous: false, lines: ['use_identity_as_username true'] });
    const files = { '--cert': pki.path('no-name.pem'), '--key': pki.path('no-name.key') };
    expect(withoutPort(await fromOptions(files))).toBe(
      `${start}the broker refused with reason code 0x86: it takes the user name from the certificate (mosquitto: use_identity_as_username), and "O=Pumps" has no CN; have the certificate issued with a CN, and store it in the config cert with the secret private_key (--cert, --key)`,
    );
  });

  it('the broker lets in nobody without a user name, as mosquitto 2 does', async () => {
    await mosquitto({ anonymous: false });
    expect(withoutPort(await fromStore({ cert: undefined, private_key: undefined }))).toContain(
      `${start}the broker refused with reason code 0x87: it does not let in clients without user name (mosquitto 2: allow_anonymous is false); give the config username`,
    );
  });

  it('the broker speaks MQTT 3.1.1 only', async () => {
    const server = createTlsServer({ cert: pki.read('server.pem'), key: pki.read('server.key') }, (socket) => {
      socket.on('error', () => {}).once('data', () => socket.end(Buffer.from('20020001', 'hex')));
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    try {
      const { port } = server.address() as { port: number };
      expect(withoutPort(await fromOptions({ '--broker-port': `${port}` }))).toBe(
        `${start}the broker answers MQTT 5 as one that speaks MQTT 3.1.1 only does (20020001); choose MQTT 3.1.1 with --protocol 3.1.1`,
      );
    } finally {
      server.close();
    }
  });

  it.each([
    ['store', () => fromStore({ cert: hex('k1.der'), private_key: hex('k1.key.der') })],
    ['options', () => fromOptions({ '--cert': pki.path('k1.pem'), '--key': pki.path('k1.key') })],
  ])(
    'the key from the %s is on a curve that TLS 1.3 does not have, and a finding says so beforehand',
    async (_from, fail) => {
      await mosquitto({ requireCertificate: true });
      expect(withoutPort(await fail())).toContain(
        `${start}the key of the device's certificate is on the curve secp256k1, for which TLS 1.3 has no signature scheme`,
      );
      expect(rig.findings).toMatchObject([{ severity: 'warning', trap: 'curve-without-scheme' }]);
    },
  );

  it('the certificate of the broker has another name', async () => {
    await mosquitto({ server: 'elsewhere' });
    expect(withoutPort(await fromStore({}))).toBe(
      `${start}the broker's certificate is for DNS:elsewhere.invalid, not for localhost; name the broker as its certificate does, in the config broker-host (--broker-host)`,
    );
  });

  it('the certificate of the broker has expired', async () => {
    await mosquitto({ server: 'outdated' });
    expect(withoutPort(await fromStore({}))).toBe(
      `${start}the broker's certificate has expired; have it renewed, or check this machine's clock`,
    );
  });

  it.each([
    ['store', () => fromStore({ cert: undefined, private_key: undefined })],
    ['options', () => fromOptions({ '--cert': undefined, '--key': undefined })],
  ])('the broker demands a client certificate, and there is none in the %s', async (_from, fail) => {
    await mosquitto({ requireCertificate: true });
    expect(withoutPort(await fail())).toMatch(
      /client certificate\)?; (give|check) .*config cert .* private_key \(--cert, --key\)$/,
    );
  });

  it('the broker does not know the CA of the client certificate', async () => {
    await mosquitto({ requireCertificate: true });
    const selfSigned = ['req', '-x509', '-key', 'other.key', '-subj', '/CN=self', '-days', '2', '-out', 'self.pem'];
    pki.openssl(...selfSigned);
    const options = { '--cert': pki.path('self.pem'), '--key': pki.path('other.key') };
    expect(withoutPort(await fromOptions(options))).toMatch(
      /client certificate\)?; .*config cert .* \(--cert, --key\)$/,
    );
  });

  describe.each([
    ['3.1.1', 'return code 5'],
    ['5', 'reason code 0x87'],
  ])('the password is wrong, under MQTT %s', (protocol, code) => {
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
      expect(withoutPort(await fail())).toContain(
        `${start}the broker refused with ${code}: it does not authorize this client; check the config username and the secret password (--username, --password-file)`,
      );
    });
  });
});

describe('a port that another program has', () => {
  let server: Server;
  let taken: number;

  beforeEach(async () => {
    server = createServer((socket) => socket.on('error', () => {}).end('220 mail.example.com ESMTP\r\n'));
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    taken = (server.address() as { port: number }).port;
  });

  afterEach(() => server.close());

  it('is not taken for a broker, because it does not speak TLS', async () => {
    expect(await fromOptions({ '--broker-port': `${taken}` })).toMatch(
      /: what listens there does not speak TLS; give the TLS port of the broker \(usually 8883\) in the config broker-port/,
    );
  });

  it.each(['--broker-port', '--cloud-port'])('cannot be the port of %s', async (option) => {
    await rig.fill({});
    expect(await rig.fail([option, `${taken}`])).toMatch(
      new RegExp(
        `^${option} ${taken}: another program has this port on 127.0.0.1; end it, choose another port, or leave`,
      ),
    );
  });
});
