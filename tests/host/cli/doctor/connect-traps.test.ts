// needs: mosquitto, mosquitto_passwd, openssl
import { createServer, type Socket } from 'node:net';
import { describe, expect, it } from 'vitest';
import { freePort } from '../../../interop/temporary.js';
import {
  afterwards,
  brief,
  connecting,
  fill,
  foreign,
  mosquitto,
  PASSWORD_ONLY,
  password,
  pki,
  rig,
  server,
  tlsServer,
  USERS,
} from './connect-rig.js';
import { expectTrapTable, type Row } from './trap-table.js';

connecting();

const rows = new Map<string, Row>();

interface Case {
  /** what somebody did, in the words of the table */
  did: string;
  trap: string;
  severity?: 'warning';
  /** The last step that is reported. */
  last: string;
  set: () => Promise<unknown>;
  args?: string[];
  /** Other traps of the stored values. */
  besides?: string[];
}

const CASES: Case[] = [
  {
    did: 'a host name that does not resolve',
    trap: 'host-not-found',
    last: 'resolve failed',
    set: () => fill({ port: 8883 }, { 'config broker-host': 'nosuch.invalid' }),
  },
  {
    did: 'a port where nothing listens',
    trap: 'connection-refused',
    last: 'tcp failed',
    set: async () => fill({ port: await freePort() }),
  },
  {
    did: 'a port that speaks something else',
    trap: 'not-tls',
    last: 'tls failed',
    set: async () => fill(await server(() => createServer((socket) => socket.end('HTTP/1.1 400 Bad Request\r\n\r\n')))),
  },
  {
    did: 'a port that says nothing',
    trap: 'no-handshake',
    last: 'tls failed',
    args: ['--timeout', '1s'],
    set: async () => fill(await server(() => createServer())),
  },
  {
    did: 'a port that closes at once',
    trap: 'closed-in-handshake',
    last: 'tls failed',
    set: async () => fill(await server(() => createServer((socket) => socket.destroy()))),
  },
  {
    did: "the root CA of others, or none where the broker's is private",
    trap: 'unknown-ca',
    last: 'tls failed',
    besides: ['missing-chain'],
    set: async () => fill(await mosquitto(), { 'config root-CA': foreign.hex('ca.der') }),
  },
  {
    did: 'a broker with a certificate for another name',
    trap: 'wrong-host-name',
    last: 'tls failed',
    set: async () => fill(await mosquitto({ server: 'elsewhere' })),
  },
  {
    did: 'a broker with its address in the CN alone',
    trap: 'address-as-name',
    last: 'tls failed',
    set: async () => fill(await mosquitto({ server: 'address' }), { 'config broker-host': '127.0.0.1' }),
  },
  {
    did: 'a broker that sends no intermediate CA',
    trap: 'missing-intermediate',
    last: 'tls failed',
    set: async () => fill(await mosquitto({ server: 'below' })),
  },
  {
    did: 'a broker with TLS 1.1 only',
    trap: 'tls-too-old',
    last: 'tls failed',
    set: async () =>
      fill(
        await server(tlsServer(() => {}, { minVersion: 'TLSv1', maxVersion: 'TLSv1.1', ciphers: 'ALL@SECLEVEL=0' })),
      ),
  },
  {
    did: 'a broker whose certificate has expired',
    trap: 'broker-certificate-expired',
    last: 'tls failed',
    set: async () => fill(await mosquitto({ server: 'outdated' })),
  },
  {
    did: 'a broker with a certificate of the future',
    trap: 'broker-certificate-not-yet-valid',
    last: 'tls failed',
    set: async () => fill(await mosquitto({ server: 'early' })),
  },
  {
    did: "a broker's certificate that ends within `--warn-days`",
    trap: 'broker-certificate-expires-soon',
    severity: 'warning',
    last: 'mqtt ok',
    args: ['--warn-days', '9000'],
    set: async () => fill(await mosquitto({ server: 'soon' })),
  },
  {
    did: 'no certificate for a broker that demands one',
    trap: 'client-certificate-missing',
    last: 'mqtt failed',
    besides: ['no-credentials'],
    set: async () => fill(await mosquitto({ requireCertificate: true }), PASSWORD_ONLY),
  },
  {
    did: 'a certificate of a CA that the broker does not know',
    trap: 'client-ca-unknown',
    last: 'mqtt failed',
    besides: ['missing-chain'],
    set: async () =>
      fill(await mosquitto({ requireCertificate: true }), {
        'config cert': foreign.hex('device.der'),
        'secret private_key': foreign.hex('device.key.der'),
      }),
  },
  {
    did: 'a wrong password, under MQTT 5',
    trap: 'not-authorized',
    last: 'mqtt failed',
    set: async () => fill(await mosquitto({ users: USERS }), { ...PASSWORD_ONLY, ...password('guess') }),
  },
  {
    did: 'a wrong password, under MQTT 3.1.1',
    trap: 'not-authorized',
    last: 'mqtt failed',
    args: ['--protocol', '3.1.1'],
    set: async () => fill(await mosquitto({ users: USERS }), { ...PASSWORD_ONLY, ...password('guess') }),
  },
  {
    did: 'neither user name nor certificate for mosquitto 2, which has `allow_anonymous false`',
    trap: 'user-name-missing',
    last: 'mqtt failed',
    besides: ['no-credentials'],
    set: async () => fill(await mosquitto({ anonymous: false }), PASSWORD_ONLY),
  },
  {
    did: 'a certificate without CN for `use_identity_as_username`',
    trap: 'no-common-name',
    last: 'mqtt failed',
    set: async () => {
      const lines = ['use_identity_as_username true'];
      const broker = await mosquitto({ requireCertificate: true, anonymous: false, lines });
      const values = { 'config cert': pki.hex('no-name.der'), 'secret private_key': pki.hex('no-name.key.der') };
      return fill(broker, values);
    },
  },
  {
    did: 'MQTT 5 for a broker of 3.1.1 only',
    trap: 'mqtt-3-only',
    last: 'mqtt failed',
    set: async () => {
      const answer = (socket: Socket) => socket.once('data', () => socket.end(Buffer.from('20020001', 'hex')));
      return fill(await server(tlsServer(answer)));
    },
  },
  {
    did: 'a TLS port of something else than MQTT',
    trap: 'closed-before-connack',
    last: 'mqtt failed',
    set: async () => fill(await server(tlsServer((socket) => socket.end()))),
  },
  {
    did: 'a broker that does not answer',
    trap: 'no-connack',
    last: 'mqtt failed',
    args: ['--timeout', '1s'],
    set: async () => fill(await server(tlsServer(() => {}))),
  },
];

describe('a finding names the step that failed', () => {
  it.each(CASES.map((row) => [row.trap, row.did, row] as const))('%s: %s', async (trap, did, row) => {
    await row.set();
    const { findings, steps } = await rig.doctor(['--connect', ...(row.args ?? [])]);
    expect(brief(steps).at(-1)).toBe(row.last);
    const finding = findings.find((found) => found.trap === trap);
    expect(finding, JSON.stringify(findings)).toMatchObject({ severity: row.severity ?? 'error' });
    for (const other of findings) expect([trap, ...(row.besides ?? [])]).toContain(other.trap);
    if (!row.severity) expect(finding!.why).toMatch(/it gets (request state [A-Z]+|reason code \d+)/);
    rows.set(did, [did, finding!]);
  });

  it('says which host the certificate of the broker is for', () => {
    const [, finding] = rows.get('a broker with a certificate for another name')!;
    expect(finding.what).toBe("The broker's certificate is for DNS:elsewhere.invalid, not for localhost.");
  });

  it('docs/doctor.md has a table of what they said', () => {
    expect(rows.size, 'this test needs all others of this block').toBe(CASES.length);
    expectTrapTable(
      'connect-traps',
      CASES.map(({ did }) => rows.get(did)!),
    );
  });

  it('an untrusted broker has its certificates shown, and gets no password', async () => {
    const broker = await mosquitto({ users: USERS });
    await fill(broker, { ...PASSWORD_ONLY, ...password(USERS.ann), 'config root-CA': foreign.hex('ca.der') });
    const { steps } = await rig.doctor(['--connect']);
    expect(steps.at(-1)?.certificates[0]).toMatchObject({ subject: 'CN=server', issuer: 'CN=Interop CA' });
    // The first client that the broker ever got a CONNECT of comes after it.
    const watcher = await broker.subscribe(['-t', 'x']);
    afterwards(() => watcher.kill());
    expect(await broker.log(/New client connected/)).toMatch(/ as watcher /);
  });
});
