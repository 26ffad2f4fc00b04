// needs: openssl
import { readFileSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { createServer, type Server } from 'node:tls';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { checkValues, merged } from '../../../host/cli/provision/provision-checks.js';
import { valuesToStore } from '../../../host/cli/provision/values-to-store.js';
import { overlayOf } from '../../../host/cli/run/config-overlay.js';
import { modulePath, readCertificate, splitDer } from '../../../host/core/index.js';
import { examine, type Finding, usableRoots } from '../../../host/credentials/index.js';
import { Device, tlsTransport } from '../../../host/microvisor/index.js';
import { Authority } from '../../interop/authority.js';

const DEVICE_SID = `UV${'a9'.repeat(16)}`;
const CA_EXTENSIONS = ['basicConstraints=critical,CA:TRUE', 'keyUsage=keyCertSign'];

let pki: Authority;
const servers: Server[] = [];
const ports: Record<string, number> = {};

beforeAll(async () => {
  pki = new Authority('Bundle CA', 'ec', 300)
    .issue('old', { from: -3, to: -1, extensions: CA_EXTENSIONS })
    .issue('next', { from: 100, to: 200, extensions: CA_EXTENSIONS })
    // cA is FALSE by default, which DER does not write (X.690 11.5).
    .issue('odd', { to: 200, extensions: ['2.5.29.19=DER:3003010100'] })
    .issue('server', { names: 'DNS:localhost', to: 200 })
    .issue('other', { to: 200, extensions: CA_EXTENSIONS })
    .toDer('ca', 'old', 'next', 'odd', 'server', 'other');
  pki.openssl('req', '-in', 'server.csr', '-outform', 'der', '-out', 'request.der');
  for (const [name, algorithm] of [
    ['v1', 'ED25519'],
    ['v1-server', 'ED25519'],
  ]) {
    pki.openssl('genpkey', '-algorithm', algorithm, '-out', `${name}.key`);
    pki.openssl('req', '-new', '-key', `${name}.key`, '-subj', `/CN=${name}`, '-out', `${name}.csr`);
  }
  const days = ['-days', '200', '-set_serial', '1'];
  pki.openssl('x509', '-req', '-in', 'v1.csr', '-signkey', 'v1.key', ...days, '-out', 'v1.pem');
  pki.write('names', 'subjectAltName=DNS:localhost\n');
  const issuer = ['-CA', 'v1.pem', '-CAkey', 'v1.key', '-extfile', 'names'];
  pki.openssl('x509', '-req', '-in', 'v1-server.csr', ...issuer, ...days, '-out', 'v1-server.pem');
  pki.toDer('v1');
  for (const [root, name] of [
    ['ca', 'server'],
    ['v1', 'v1-server'],
  ]) {
    const server = createServer({ cert: pki.read(`${name}.pem`), key: pki.read(`${name}.key`) }, (socket) => {
      socket.on('error', () => {}).end();
    });
    server.on('tlsClientError', () => {});
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    servers.push(server);
    ports[root] = (server.address() as AddressInfo).port;
  }
});

afterAll(() => {
  for (const server of servers) server.close();
  pki[Symbol.dispose]();
});

/** What each made of a bundle: the DER of the roots that are used, in hex, or that it was refused. */
type Verdict = string[] | 'refused';

const hexOf = (roots: readonly Uint8Array[]) => roots.map((der) => Buffer.from(der).toString('hex'));
const rootsOf = (value: string | undefined) => hexOf(splitDer(Buffer.from(value ?? '', 'hex')));
const isError = ({ severity }: Finding) => severity === 'error';
const address = { brokerHost: 'localhost', brokerPort: 8883 };

function byRun(rootCa: string): Verdict {
  try {
    return rootsOf(overlayOf({ ...address, rootCa }, Date.now()).values['root-CA']);
  } catch {
    return 'refused';
  }
}

async function byProvision(rootCa: string): Promise<Verdict> {
  try {
    const wanted = await valuesToStore({ ...address, rootCa });
    const values = merged({ configs: new Map(), secrets: new Map() }, wanted.given);
    if (checkValues(values, wanted, { rootCa, warnDays: 30 }, {}).some(isError)) return 'refused';
    return rootsOf(wanted.values.find(({ key }) => key === 'root-CA')?.value);
  } catch {
    return 'refused';
  }
}

function byDoctor(value: string): Verdict {
  const configs = new Map([
    ['broker-host', 'localhost'],
    ['broker-port', '8883'],
    ['root-CA', value],
  ]);
  const found = examine({ configs, secrets: new Map() }, { now: new Date(), warnDays: 30 });
  if (found.some(isError)) return 'refused';
  return hexOf(usableRoots(splitDer(Buffer.from(value, 'hex')), Date.now()));
}

interface Told {
  verdict: Verdict;
  /** Lines of the log about root-CA. */
  log: string[];
  /** Whether TLS trusted the server. */
  isTrusted: boolean;
}

/** Runs app.wasm until it connects or says why not. */
async function byApplication(value: string, port: number): Promise<Told> {
  const told: Told = { verdict: 'refused', log: [], isTrusted: false };
  const values: Record<string, string> = { 'broker-host': 'localhost', 'broker-port': `${port}`, 'root-CA': value };
  let finish = () => {};
  const finished = new Promise<void>((resolve) => {
    finish = resolve;
  });
  const device = await Device.load({
    guest: readFileSync(modulePath('app.wasm')),
    deviceId: DEVICE_SID,
    config: {
      fetch: async (items) =>
        items.map(({ key }) =>
          values[key] === undefined ? { result: 'keyNotFound' } : { result: 'ok', value: values[key] },
        ),
    },
    mqttTransport(request, events) {
      told.verdict = hexOf(request.ca);
      const connected = (info: { tls: string; cipher: string }) => {
        told.isTrusted = true;
        events.connected(info);
      };
      const closed: typeof events.closed = (failure) => {
        events.closed(failure);
        finish();
      };
      return tlsTransport()(request, { ...events, connected, closed });
    },
    log(line) {
      if (line.includes('root-CA')) told.log.push(line);
      if (line.startsWith('error: ')) finish();
    },
  });
  device.start();
  await finished;
  await device.stop();
  return told;
}

const bundleOf = (names: readonly string[]) => Buffer.concat(names.map((name) => pki.read(`${name}.der`)));

async function byAll(bundle: Buffer, root: string) {
  const file = pki.write('bundle.der', bundle);
  const value = bundle.toString('hex');
  const application = await byApplication(value, ports[root]);
  const { verdict } = application;
  return {
    application,
    verdicts: { verdict, run: byRun(file), provision: await byProvision(file), doctor: byDoctor(value) },
  };
}

const agreed = (verdict: Verdict) => ({ verdict, run: verdict, provision: verdict, doctor: verdict });
const EXPIRED = 'warning: root-CA: the certificate has expired; store a renewed one (byte AT)';
const EARLY = 'warning: root-CA: the certificate is not yet valid; check its dates and the clock (byte AT)';

describe('run, provision, doctor and the device use the same roots of a bundle, and TLS trusts the broker with them', () => {
  it.each<[string, string[], string[], string[], string?]>([
    ['one that has expired before a good one', ['old', 'ca'], ['ca'], [EXPIRED]],
    ['one that has expired behind a good one', ['ca', 'old'], ['ca'], [EXPIRED]],
    ['one of the future before a good one', ['next', 'ca'], ['ca'], [EARLY]],
    ['one of odd syntax before a good one', ['odd', 'ca'], ['ca'], ['warning: root-CA: ']],
    [
      'all of these, and two good ones',
      ['old', 'other', 'odd', 'ca'],
      ['other', 'ca'],
      [EXPIRED, 'warning: root-CA: '],
    ],
    ['a request for a certificate before a good one', ['request', 'ca'], ['ca'], ['warning: root-CA: ']],
    ['a good one twice', ['ca', 'ca'], ['ca', 'ca'], []],
    ['one of version 1', ['v1'], ['v1'], [], 'v1'],
    ['one of version 1 behind one that has expired', ['old', 'v1'], ['v1'], [EXPIRED], 'v1'],
    ['the very certificate of the broker behind one that has expired', ['old', 'server'], ['server'], [EXPIRED]],
  ])('%s', async (_bundle, names, used, warnings, root = 'ca') => {
    const { application, verdicts } = await byAll(bundleOf(names), root);
    expect(verdicts).toEqual(agreed(used.map((name) => pki.hex(`${name}.der`))));
    expect(application.isTrusted).toBe(true);
    expect(application.log).toHaveLength(warnings.length);
    for (const [index, line] of application.log.entries()) {
      const at = bundleOf(
        names.slice(
          0,
          names.findIndex((name) => name === 'old' || name === 'next'),
        ),
      ).length;
      expect(line).toContain(warnings[index].replace('AT', `${at}`));
      expect(line).toMatch(/ \(byte \d+\)$/);
    }
  });

  it('the one of version 1 is of version 1', () => {
    expect(readCertificate(pki.read('v1.der')).version).toBe(1);
  });
});

describe('run, provision, doctor and the device refuse a bundle', () => {
  const cut = () => Buffer.concat([pki.read('ca.der'), pki.read('other.der').subarray(0, -1)]);

  it.each<[string, () => Buffer, RegExp]>([
    ['of one that has expired', () => bundleOf(['old']), /has expired; store a renewed one \(byte 0\)$/],
    ['of one of the future', () => bundleOf(['next']), /not yet valid; .* \(byte 0\)$/],
    ['of one of odd syntax', () => bundleOf(['odd']), /\(byte [1-9]\d*\)$/],
    [
      'without a usable one: it says why not the first',
      () => bundleOf(['old', 'odd', 'next']),
      /has expired.*\(byte 0\)$/,
    ],
    ['that is empty', () => Buffer.alloc(0), /is empty \(character 0\)$/],
    ['that is cut off within the second', cut, /\(byte \d\d+\)$/],
    [
      'with a private key',
      () => Buffer.concat([pki.read('ca.der'), pki.read('ca.key.der')]),
      /a private key stands .*\(byte \d\d+\)$/,
    ],
    [
      'of more than eight',
      () => Buffer.concat(Array<Buffer>(9).fill(pki.read('v1.der'))),
      /more than 8 certificates \(byte \d\d+\)$/,
    ],
  ])('%s', async (_bundle, bundle, reason) => {
    const { application, verdicts } = await byAll(bundle(), 'ca');
    expect(verdicts).toEqual(agreed('refused'));
    expect(application.log).toEqual([expect.stringMatching(/^error: root-CA: /)]);
    expect(application.log[0]).toMatch(reason);
  });
});

describe('what is left out of a bundle', () => {
  it('costs no room: run and provision take a file of which the usable roots fit', async () => {
    const bundle = bundleOf(['old', 'old', 'old', 'old', 'old', 'old', 'ca']);
    expect(bundle.length).toBeGreaterThan(2048);
    const file = pki.write('long.der', bundle);
    expect(byRun(file)).toEqual([pki.hex('ca.der')]);
    expect(await byProvision(file)).toEqual([pki.hex('ca.der')]);
    expect(byDoctor(bundle.toString('hex'))).toBe('refused'); // the stores hold all of it
  });
});

describe('the log line of the device names a place in the unit that is counted', () => {
  it.each<[string, () => string, RegExp]>([
    ['a character of hex', () => `${pki.hex('ca.der')}x0`, /none of .* \(character CHARACTERS\)$/],
    ['a character of PEM', () => pki.read('ca.pem').toString(), /PEM text .* \(character 0\)$/],
    ['a byte of the PEM that hex stands for', () => pki.hex('ca.pem'), /hex of PEM text; .* \(byte 0\)$/],
  ])('%s', async (_unit, value, line) => {
    const { log } = await byApplication(value(), 1);
    expect(log[0].replace(`${pki.hex('ca.der').length}`, 'CHARACTERS')).toMatch(line);
  });
});
