import { X509Certificate } from 'node:crypto';
import { beforeAll, describe, expect, it } from 'vitest';
import { pemOf, readCertificate, readCrl, readPem } from '../../../../host/core/index.js';
import { openPki } from './dojot-pki-rig.js';
import { requestFor, x509 } from './requests.js';

const PATH = '/x509/v1/certificates';
const THROW_AWAY = '/internal/api/v1/throw-away';
const { call, logIn } = await openPki({ generation: 3 });
const second = await openPki({ generation: 2 });
let token: string;

beforeAll(async () => {
  token = await logIn();
});

const csrOf = async (name: string) => pemOf('CERTIFICATE REQUEST', await requestFor(name));
const derOf = (pem: string) => Buffer.from(readPem(pem).blocks[0].text.replace(/-----[^-]*-----|\s/g, ''), 'base64');
const crl = async () => readCrl(derOf((await call('GET', '/x509/v1/ca/crl', { token })).json.crl));

async function register(device: string, as = token) {
  const body = { csr: await csrOf(device), belongsTo: { device } };
  const { status, json } = await call('POST', PATH, { token: as, body });
  expect(status).toBe(201);
  return json as { certificateFingerprint: string; certificatePem: string };
}

const invalid = (message: RegExp) => ({
  status: 400,
  json: {
    error: 'Input data schema validation failure.',
    detail: { schemaId: expect.any(String), schemaErrors: [{ message: expect.stringMatching(message) }] },
  },
});

describe('POST /x509/v1/certificates', () => {
  it.each([
    ['3', { call, logIn }],
    ['2', second],
  ])('issues a certificate of X509Identity for a device of the tenant: generation %s', async (_generation, rig) => {
    const body = { csr: await csrOf('a1998e'), belongsTo: { device: 'a1998e' } };
    const { status, json } = await rig.call('POST', PATH, { token: await rig.logIn(), body });
    expect([status, Object.keys(json)]).toEqual([201, ['certificateFingerprint', 'certificatePem']]);
    const der = derOf(json.certificatePem);
    expect(new X509Certificate(der).fingerprint256).toBe(json.certificateFingerprint);
    const { subject, keyUsage, extKeyUsage, extensions, notAfter } = readCertificate(der);
    expect(subject).toEqual({ commonName: 'admin:a1998e', organizationName: 'dojot IoT Platform' });
    expect(keyUsage).toEqual(['digitalSignature', 'nonRepudiation', 'keyEncipherment', 'keyAgreement']);
    expect(extKeyUsage).toEqual([x509.ExtendedKeyUsage.clientAuth, x509.ExtendedKeyUsage.emailProtection]);
    expect(extensions.filter(({ critical }) => critical).map(({ oid }) => oid)).toEqual(['2.5.29.19', '2.5.29.15']);
    expect(Math.round((notAfter.getTime() - Date.now()) / 86_400_000)).toBe(365);
  });

  it('takes the device from the subject, with its tenant or without', async () => {
    for (const name of ['b1998e', 'admin:b1998e']) {
      const { status, json } = await call('POST', PATH, { token, body: { csr: await csrOf(name) } });
      expect(status).toBe(201);
      expect(new X509Certificate(json.certificatePem).subject).toContain('CN=admin:b1998e');
    }
  });

  it('refuses a subject that is not the owner, or is of another tenant', async () => {
    const other = { csr: await csrOf('a1998e'), belongsTo: { device: 'c1998e' } };
    expect(await call('POST', PATH, { token, body: other })).toMatchObject({
      status: 400,
      json: { error: expect.stringMatching(/for another one than belongsTo\.device/) },
    });
    const foreign = { csr: await csrOf('plant:a1998e') };
    expect((await call('POST', PATH, { token, body: foreign })).status).toBe(400);
  });

  it('refuses an application, and certificates of other CAs', async () => {
    const csr = await csrOf('a1998e');
    const owned = await call('POST', PATH, { token, body: { csr, belongsTo: { application: 'v2k-bridge' } } });
    expect(owned.status).toBe(403);
    const chain = await call('POST', PATH, { token, body: { certificateChain: csr } });
    expect(chain).toMatchObject({ status: 400, json: { error: expect.stringContaining('send a csr') } });
  });

  it.each<[string, () => Promise<object>, RegExp]>([
    ['no csr', async () => ({}), /csr is missing/],
    ['a csr that is not PEM', async () => ({ csr: 'AAAA' }), /not PEM of a CERTIFICATE REQUEST/],
    [
      'a csr in one long line',
      async () => ({ csr: (await csrOf('a1998e')).replace(/(?<=[^-])\n(?=[^-])/g, '') }),
      /lines of 64/,
    ],
    ['a csr of 65,537 characters', async () => ({ csr: 'A'.repeat(65_537) }), /more than 65536/],
    ['another field', async () => ({ csr: await csrOf('a1998e'), ca: true }), /unknown field "ca"/],
    [
      'a device that is not hex',
      async () => ({ csr: await csrOf('x'), belongsTo: { device: 'xyz' } }),
      /5 to 36 hex digits/,
    ],
    [
      'another owner',
      async () => ({ csr: await csrOf('a1998e'), belongsTo: { tenant: 'x' } }),
      /unknown field "tenant"/,
    ],
  ])('names what is wrong with the form: %s', async (_name, bodyOf, message) => {
    expect(await call('POST', PATH, { token, body: await bodyOf() })).toMatchObject(invalid(message));
  });

  it('needs a token, in the words of dojot', async () => {
    expect(await call('POST', PATH, { body: {} })).toMatchObject({ status: 401, json: { error: 'Missing JWT token' } });
    const wrong = await call('POST', PATH, { body: {}, token: 'x' });
    expect(wrong).toMatchObject({ status: 401, json: { error: 'Invalid JWT token' } });
  });
});

describe('the certificates of a tenant', () => {
  it('are listed in pages, oldest first, and those of others are not', async () => {
    const rig = second;
    const own = await rig.logIn('other');
    const fingerprints: string[] = [];
    for (const device of ['aaaa1', 'aaaa2', 'aaaa3']) {
      const body = { csr: await csrOf(device) };
      fingerprints.push((await rig.call('POST', PATH, { token: own, body })).json.certificateFingerprint);
      rig.clock.ahead += 1;
    }
    const list = async (query: string) => (await rig.call('GET', `${PATH}?${query}`, { token: own })).json;
    const page = await list('page=2&limit=2&fields=fingerprint');
    expect(page.certificates).toEqual([{ fingerprint: fingerprints[2] }]);
    expect(page.paging).toEqual({
      previous: { number: 1, url: `${rig.pki.url}${PATH}?page=1&limit=2` },
      current: { number: 2, url: `${rig.pki.url}${PATH}?page=2&limit=2` },
      next: null,
      totalItems: 3,
      totalPages: 2,
      limitPerPage: 2,
    });
    expect((await list('belongsTo.device=aaaa2')).certificates).toEqual([
      expect.objectContaining({ fingerprint: fingerprints[1], belongsTo: { device: 'aaaa2' }, issuedByDojotPki: true }),
    ]);
    expect((await list('nothing=1')).certificates).toEqual([]);
    expect((await rig.call('GET', `${PATH}?limit=251`, { token: own })).status).toBe(400);
    const theirs = (await rig.call('GET', PATH, { token: await rig.logIn() })).json.certificates as {
      tenant: string;
    }[];
    expect(theirs.every(({ tenant }) => tenant === 'admin')).toBe(true);
  });

  it('change their owner, lose it, and are revoked', async () => {
    const { certificateFingerprint: fingerprint, certificatePem } = await register('d1998e');
    const path = `${PATH}/${fingerprint}`;
    const owner = async () => (await call('GET', path, { token })).json.belongsTo;
    expect(await owner()).toEqual({ device: 'd1998e' });
    const patch = (body: unknown) => call('PATCH', path, { token, body });
    expect((await patch({ belongsTo: { device: 'e1998e' } })).status).toBe(204);
    expect(await owner()).toEqual({ device: 'e1998e' });
    expect(await patch({})).toMatchObject(invalid(/belongsTo is missing/));
    expect((await call('DELETE', `${path}/belongsto`, { token })).status).toBe(204);
    expect(await owner()).toEqual({});
    expect((await call('DELETE', path, { token })).status).toBe(204);
    expect((await crl()).find(new X509Certificate(certificatePem).serialNumber)).toMatchObject({ reasonCode: 4 });
    for (const method of ['GET', 'DELETE'])
      expect(await call(method, path, { token })).toMatchObject({
        status: 404,
        json: {
          error: `No records found for the following parameters: {"tenant":"admin","fingerprint":"${fingerprint}"}`,
        },
      });
  });

  it('are not to be had by another tenant', async () => {
    const { certificateFingerprint } = await register('f1998e');
    const path = `${PATH}/${certificateFingerprint}`;
    const other = await logIn('other');
    for (const method of ['GET', 'DELETE']) expect((await call(method, path, { token: other })).status).toBe(404);
    expect((await call('PATCH', path, { token: other, body: { belongsTo: {} } })).status).toBe(404);
    expect((await call('GET', path, { token })).status).toBe(200);
  });

  it('are read, and asked for, by a user of the group `user`, who changes none', async () => {
    const reader = await logIn('reader');
    const { certificateFingerprint } = await register('a2998e', reader);
    const path = `${PATH}/${certificateFingerprint}`;
    expect((await call('GET', path, { token: reader })).status).toBe(200);
    expect((await call('DELETE', path, { token: reader })).status).toBe(403);
  });
});

describe('GET /x509/v1/ca', () => {
  it('has the CA with its fingerprint', async () => {
    const { json } = await call('GET', '/x509/v1/ca', { token });
    const ca = new X509Certificate(json.caPem);
    expect(ca.fingerprint256).toBe(json.certificateFingerprint);
    expect(ca.subject).toMatch(
      /^UID=c-0[0-9a-f]{16}\nCN=X509 Identity CA\nOU=Certificate Issuer\nO=dojot IoT Platform$/,
    );
    expect(readCertificate(ca.raw).pathLenConstraint).toBe(0);
    expect(new X509Certificate((await register('a3998e')).certificatePem).verify(ca.publicKey)).toBe(true);
  });
});

describe('the internal listener', () => {
  const throwAway = async (name: string, belongsTo: object, headers = {}) =>
    call('POST', THROW_AWAY, { internal: true, body: { csr: await csrOf(name), belongsTo }, headers });

  it('issues certificates for services, which are servers too, without a token', async () => {
    expect((await call('GET', '/healthcheck', { internal: true })).json).toEqual({ status: 'ok' });
    const { status, json } = await throwAway('broker', { application: 'vernemq' });
    expect(status).toBe(201);
    const { subject, extKeyUsage } = readCertificate(derOf(json.certificatePem));
    expect(subject).toEqual({ commonName: 'broker', organizationName: 'dojot IoT Platform' });
    expect(extKeyUsage).toContain(x509.ExtendedKeyUsage.serverAuth);
  });

  it('writes a PEM file for whoever asks for one', async () => {
    const headers = { accept: 'application/x-pem-file' };
    const { text, headers: got } = await throwAway('v2k-bridge', { application: 'v2k-bridge' }, headers);
    expect(got.get('content-type')).toBe('application/x-pem-file');
    const ca = await call('GET', `${THROW_AWAY}/ca`, { internal: true, headers });
    expect(new X509Certificate(text).verify(new X509Certificate(ca.text).publicKey)).toBe(true);
    const { json } = await call('GET', `${THROW_AWAY}/ca/bundle`, { internal: true });
    expect(json).toEqual([ca.text]);
  });

  it('has a new CRL when asked', async () => {
    const read = async (query: string) =>
      readCrl(derOf((await call('GET', `${THROW_AWAY}/ca/crl${query}`, { internal: true })).json.crl)).crlNumber;
    const first = await read('');
    expect(await read('')).toBe(first);
    expect(await read('?update=true')).not.toBe(first);
  });

  it('refuses a device, an unknown application, and the name of a device', async () => {
    expect((await throwAway('a1998e', { device: 'a1998e' })).status).toBe(403);
    expect(await throwAway('x', { application: 'else' })).toMatchObject({
      status: 400,
      json: { error: 'Application name is not valid.' },
    });
    const device = await throwAway('admin:a1998e', { application: 'vernemq' });
    expect(device).toMatchObject({ status: 400, json: { error: expect.stringContaining('for a device') } });
  });

  it('says who has a certificate, as certificate-acl does, until it is revoked', async () => {
    const { certificateFingerprint } = await register('a4998e');
    const owner = () => call('GET', `/internal/api/v1/acl-entries/${certificateFingerprint}`, { internal: true });
    expect(await owner()).toMatchObject({ status: 200, json: 'admin:a4998e' });
    const service = await throwAway('v2k-bridge', { application: 'v2k-bridge' });
    const path = `/internal/api/v1/acl-entries/${service.json.certificateFingerprint}`;
    expect((await call('GET', path, { internal: true })).json).toBe('v2k-bridge');
    await call('DELETE', `${PATH}/${certificateFingerprint}`, { token });
    expect((await owner()).status).toBe(404);
    expect((await call('GET', '/internal/api/v1/acl-entries/x', { internal: true })).status).toBe(404);
  });

  it('has none of the public calls', async () => {
    expect((await call('GET', PATH, { internal: true })).status).toBe(404);
  });
});
