import { X509Certificate } from 'node:crypto';
import { beforeAll, describe, expect, it } from 'vitest';
import { readCrl } from '../../../../host/core/index.js';
import { openPki } from './dojot-pki-rig.js';
import { requestFor } from './requests.js';

const ISSUER = 'CN=IOTmidCA,O=EJBCA';
const MORE_INFO = 'https://dojot.github.io/ejbca-rest/apiary_latest.html';
const { call, logIn, enrol, clock } = await openPki();
let token: string;

beforeAll(async () => {
  token = await logIn();
});

const problem = (code: number, message: string | RegExp) => ({
  status: code,
  json: { code, message: expect.stringMatching(message), moreinfo: MORE_INFO },
});

async function serialOf(name: string): Promise<string> {
  return new X509Certificate(await enrol(name, await requestFor(name))).serialNumber;
}

const inCrl = async (serial: string, query = '') => {
  const { json } = await call('GET', `/ca/IOTmidCA/crl${query}`, { token });
  return readCrl(Buffer.from(json.CRL, 'base64')).find(serial);
};

describe('POST /user', () => {
  it('makes an entity, and makes it new again, with an answer in text', async () => {
    for (let time = 0; time < 2; time++) {
      const { status, text, headers } = await call('POST', '/user', { token, body: { username: 'admin:aa01' } });
      expect([status, text]).toEqual([200, 'user created/edited with success.']);
      expect(headers.get('content-type')).toMatch(/^text\/plain/);
    }
    const { json } = await call('GET', '/user/admin:aa01', { token });
    expect(json).toEqual({
      user: [
        expect.objectContaining({ username: 'admin:aa01', caName: 'IOTmidCA', status: 10, subjectDN: 'CN=admin:aa01' }),
      ],
    });
    expect(JSON.stringify(json)).not.toContain('password');
  });

  it('takes the values that the wrapper would have added', async () => {
    const body = { username: 'admin:aa02', certificateProfileName: 'CFREE', status: 10, subjectDN: 'CN=admin:aa02' };
    expect((await call('POST', '/user', { token, body })).status).toBe(200);
  });

  it.each([
    ['no name', {}, 'username is missing'],
    ['a number for a name', { username: 5 }, 'username is missing'],
    ['a path for a name', { username: 'admin:../x' }, 'cannot be that of an entity'],
    ['a name with a line break', { username: 'admin:a\nb' }, 'cannot be that of an entity'],
    ['a name of 65 characters', { username: `admin:${'a'.repeat(59)}` }, 'cannot be that of an entity'],
    ['another profile', { username: 'admin:a1', certificateProfileName: 'SUBCA' }, 'can be "CFREE" only'],
    ['another subject', { username: 'admin:a1', subjectDN: 'CN=plant:b2' }, 'can be "CN=admin:a1" only'],
    ['a CA that there is not', { username: 'admin:a1', caName: 'Other' }, '^CA with name Other does not exist.$'],
    ['a list', [1], 'not a JSON object'],
    ['no JSON', '{', '^malformed JSON$'],
  ])('refuses %s', async (_name, body, message) => {
    expect(await call('POST', '/user', { token, body })).toMatchObject(problem(400, message));
  });
});

describe('POST /sign/NAME/pkcs10', () => {
  it('issues a certificate of the profile CFREE in lines of 64, also a second time', async () => {
    const csr = (await requestFor('admin:b1')).toString('base64');
    await call('POST', '/user', { token, body: { username: 'admin:b1' } });
    const sign = () => call('POST', '/sign/admin:b1/pkcs10', { token, body: { certificate: csr, passwd: 'dojot' } });
    const [first, second] = [await sign(), await sign()];
    expect([first.status, second.status]).toEqual([200, 200]);
    expect(Object.keys(first.json)).toEqual(['status']);
    expect(first.json.status.data).toMatch(/^([0-9A-Za-z+/]{64}\n)+[0-9A-Za-z+/=]{1,64}$/);
    const [one, two] = [first, second].map(({ json }) => new X509Certificate(Buffer.from(json.status.data, 'base64')));
    expect(one.subject).toBe('CN=admin:b1');
    expect(one.issuer).toBe('CN=IOTmidCA\nO=EJBCA');
    expect(Date.parse(one.validTo) - Date.now()).toBeGreaterThan(1.9 * 86_400_000);
    expect(Date.parse(one.validTo) - Date.now()).toBeLessThanOrEqual(2 * 86_400_000);
    expect(one.ca).toBe(false);
    expect(two.serialNumber).not.toBe(one.serialNumber);
    const { json } = await call('GET', '/user/admin:b1', { token });
    expect(json.user[0].status).toBe(40);
  });

  it('takes the password that the entity was given, and no other', async () => {
    await call('POST', '/user', { token, body: { username: 'admin:b2', password: 'else' } });
    const certificate = (await requestFor('admin:b2')).toString('base64');
    const sign = (passwd: unknown) => call('POST', '/sign/admin:b2/pkcs10', { token, body: { certificate, passwd } });
    expect((await sign('else')).status).toBe(200);
    expect(await sign('dojot')).toMatchObject(problem(400, 'passwd is not that of admin:b2'));
    expect(await sign(undefined)).toMatchObject(problem(400, 'passwd is missing'));
    expect(await sign(7)).toMatchObject(problem(400, 'passwd is missing'));
  });

  it.each([
    ['nothing', undefined, 'certificate is missing'],
    ['PEM', '-----BEGIN CERTIFICATE REQUEST-----\nAAAA\n-----END', 'is not base64; send the lines'],
    ['base64 that is cut off', 'AAAAA', 'is not base64'],
    ['bytes that are no CSR', 'AAAA', 'the CSR is not a valid certification request: byte 0'],
  ])('refuses %s for a CSR', async (_name, certificate, message) => {
    await call('POST', '/user', { token, body: { username: 'admin:b3' } });
    const answer = await call('POST', '/sign/admin:b3/pkcs10', { token, body: { certificate, passwd: 'dojot' } });
    expect(answer).toMatchObject(problem(400, message));
  });

  it('takes base64 with line breaks', async () => {
    await call('POST', '/user', { token, body: { username: 'admin:b4' } });
    const certificate = (await requestFor('admin:b4')).toString('base64').replace(/.{64}/g, '$&\r\n');
    const { status } = await call('POST', '/sign/admin:b4/pkcs10', { token, body: { certificate, passwd: 'dojot' } });
    expect(status).toBe(200);
  });

  it('refuses an entity that was not made, and a CSR for another one', async () => {
    const certificate = (await requestFor('admin:b5')).toString('base64');
    const body = { certificate, passwd: 'dojot' };
    expect(await call('POST', '/sign/admin:b5/pkcs10', { token, body })).toMatchObject(problem(400, 'make it first'));
    await call('POST', '/user', { token, body: { username: 'admin:b6' } });
    const answer = await call('POST', '/sign/admin:b6/pkcs10', { token, body });
    expect(answer).toMatchObject(problem(400, 'for another one than admin:b6; make it with the subject /CN=admin:b6'));
  });
});

describe('GET /ca', () => {
  it('lists the CA, and has its certificate under its name', async () => {
    expect((await call('GET', '/ca', { token })).json).toEqual({ CAs: [{ id: 1, name: 'IOTmidCA' }] });
    const { json } = await call('GET', '/ca/IOTmidCA', { token });
    const ca = new X509Certificate(Buffer.from(json.certificate, 'base64'));
    expect([ca.subject, ca.ca, ca.verify(ca.publicKey)]).toEqual(['CN=IOTmidCA\nO=EJBCA', true, true]);
    expect(ca.publicKey.asymmetricKeyDetails?.modulusLength).toBe(3072);
    expect(json.certificate).toContain('\n');
  });

  it.each(['/ca/Other', '/ca/Other/crl', '/ca/..%2f..%2fetc'])('says that there is no such CA: %s', async (path) => {
    expect(await call('GET', path, { token })).toMatchObject(problem(400, '^CA with name .* does not exist.$'));
  });

  it('has the CRL in one line; a new one when asked, with the next number', async () => {
    const read = async (query: string) => {
      const { json } = await call('GET', `/ca/IOTmidCA/crl${query}`, { token });
      expect(json.CRL).not.toContain('\n');
      const { raw, crlNumber } = readCrl(Buffer.from(json.CRL, 'base64'));
      return { raw, number: BigInt(`0x${crlNumber}`) };
    };
    const first = await read('');
    expect((await read('')).raw.equals(first.raw)).toBe(true);
    const second = await read('?update=true');
    expect(second.number).toBe(first.number + 1n);
    const put = await call('PUT', '/ca/IOTmidCA/crl', { token });
    expect([put.status, put.json, put.headers.get('location')]).toEqual([
      201,
      { response: 'CRL Created' },
      '/ca/IOTmidCA/crl',
    ]);
    expect((await read('')).number).toBe(second.number + 1n);
    expect(await call('GET', '/ca/IOTmidCA/crl?delta=true', { token })).toMatchObject(problem(400, 'no delta CRLs'));
  });
});

describe('DELETE /ca/ISSUER/certificate/SERIAL', () => {
  it('revokes with a reason; status, CRL and find know it at once', async () => {
    const serial = await serialOf('admin:c1');
    const path = `/ca/${ISSUER}/certificate/${serial}`;
    expect((await call('GET', path, { token })).json.data).toMatch(/^MII/);
    expect((await call('GET', `${path}/status`, { token })).json).toEqual({ status: { date: null, reason: -1 } });
    const { status, json } = await call('DELETE', `${path}?reason=KEYCOMPROMISE`, { token });
    expect([status, json]).toEqual([200, { response: 'Certificate revoked' }]);
    expect((await call('GET', `${path}/status`, { token })).json).toEqual({
      status: { date: expect.stringMatching(/^\d{4}-.*Z$/), reason: 1 },
    });
    expect(await inCrl(serial)).toMatchObject({ reasonCode: 1 });
    expect(await call('DELETE', path, { token })).toMatchObject(problem(400, 'revoked already'));
    expect((await call('GET', '/user/admin:c1/find', { token })).status).toBe(200);
    expect((await call('GET', '/user/admin:c1/find?valid=true', { token })).status).toBe(404);
  });

  it('takes the DN in any order, the serial number in any case and with zeros before it', async () => {
    const serial = await serialOf('admin:c2');
    const path = `/ca/${encodeURIComponent('O=EJBCA, CN=IOTmidCA')}/certificate/000${serial.toLowerCase()}`;
    expect((await call('DELETE', path, { token })).status).toBe(200);
  });

  it('holds a certificate, and takes it from hold', async () => {
    const serial = await serialOf('admin:c3');
    const revoke = async (reason: string) =>
      (await call('DELETE', `/ca/${ISSUER}/certificate/${serial}?reason=${reason}`, { token })).status;
    expect(await revoke('REMOVEFROMCRL')).toBe(400);
    expect(await revoke('CERTIFICATEHOLD')).toBe(200);
    expect(await inCrl(serial)).toMatchObject({ reasonCode: 6 });
    expect(await revoke('CERTIFICATEHOLD')).toBe(400);
    expect(await revoke('NOTREVOKED')).toBe(200);
    expect(await inCrl(serial)).toBeUndefined();
    expect(await revoke('CERTIFICATEHOLD')).toBe(200);
    expect(await revoke('SUPERSEDED')).toBe(200);
    expect(await revoke('REMOVEFROMCRL')).toBe(400);
  });

  it.each([
    ['an unknown reason', `/ca/${ISSUER}/certificate/01?reason=BORED`, 404, '^Inexistent reason code$'],
    ['a reason of Object', `/ca/${ISSUER}/certificate/01?reason=constructor`, 404, '^Inexistent reason code$'],
    ['an unknown certificate', `/ca/${ISSUER}/certificate/01`, 400, 'No certificate found'],
    ['no serial number', `/ca/${ISSUER}/certificate/..%2f..`, 400, 'No certificate found'],
    ['the name of the CA for its DN', '/ca/IOTmidCA/certificate/01', 400, 'CA with DN IOTmidCA does not exist'],
  ])('refuses %s', async (_name, path, status, message) => {
    expect(await call('DELETE', path, { token })).toMatchObject(problem(status, message));
  });
});

describe('DELETE /user/NAME', () => {
  it('revokes all certificates of an entity, and with delete=true the entity goes too', async () => {
    const serials = [await serialOf('admin:d1'), await serialOf('admin:d1')];
    const { status, json } = await call('DELETE', '/user/admin:d1?reason=CESSATIONOFOPERATION', { token });
    expect([status, json]).toEqual([200, { response: 'user deleted with success.' }]);
    for (const serial of serials) expect(await inCrl(serial)).toMatchObject({ reasonCode: 5 });
    expect((await call('GET', '/user/admin:d1', { token })).status).toBe(200);
    expect((await call('DELETE', '/user/admin:d1?delete=true', { token })).status).toBe(200);
    expect(await call('GET', '/user/admin:d1', { token })).toMatchObject(problem(404, 'there is no entity admin:d1'));
    expect(await call('DELETE', '/user/admin:d1', { token })).toMatchObject(problem(404, 'there is no entity'));
  });
});

describe('GET /user/NAME/find', () => {
  it('has the newest certificate, and with valid=true the newest that is in force', async () => {
    const first = await enrol('admin:e1', await requestFor('admin:e1'));
    const second = await enrol('admin:e1', await requestFor('admin:e1'));
    const find = async (query: string) => {
      const { json } = await call('GET', `/user/admin:e1/find${query}`, { token });
      return Buffer.from(json.data, 'base64');
    };
    expect((await find('')).equals(second)).toBe(true);
    await call('DELETE', `/ca/${ISSUER}/certificate/${new X509Certificate(second).serialNumber}`, { token });
    expect((await find('')).equals(second)).toBe(true);
    expect((await find('?valid=true')).equals(first)).toBe(true);
  });
});

describe('the internal listener', () => {
  it('has the same calls without a token, for services too, and no log-in', async () => {
    expect((await call('GET', '/ejbca/version', { internal: true })).json).toEqual({ version: 'wasmqtt' });
    const der = await enrol('v2k-bridge', await requestFor('v2k-bridge'));
    expect(new X509Certificate(der).subject).toBe('CN=v2k-bridge');
    expect((await call('POST', '/auth', { internal: true, body: {} })).status).toBe(404);
  });
});

describe('a certificate that has ended', () => {
  it('is not valid any more, and leaves the CRL a day later', async () => {
    const serial = await serialOf('admin:f1');
    await call('DELETE', `/ca/${ISSUER}/certificate/${serial}`, { token });
    const day = 86_400_000;
    try {
      clock.ahead = 2.5 * day;
      token = await logIn();
      expect(await inCrl(serial)).toBeDefined();
      clock.ahead = 4 * day;
      token = await logIn();
      expect(await inCrl(serial)).toBeUndefined();
    } finally {
      clock.ahead = 0;
      token = await logIn();
    }
  });
});
