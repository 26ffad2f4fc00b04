import type { FastifyInstance, FastifyRequest } from 'fastify';
import { RequestProblem } from '../../../../http/request-problem.js';
import type { DojotPki } from '../../pki.js';
import type { StoredCertificate } from '../../records/certificates.js';
import type { Entity } from '../../records/entities.js';
import { type EntityName, entityName } from '../../records/entity-name.js';
import { fieldsOf } from '../json-body.js';
import { mustBeOwn } from '../pki-caller.js';
import { base64Lines, csrOf } from './base64-text.js';
import { readReason } from './read-reason.js';

/** What EJBCA's wrapper adds to an entity, and all that this PKI can do: another value is refused. */
const FIXED = {
  certificateProfileName: 'CFREE',
  clearPwd: true,
  endEntityProfileName: 'EMPTY_CFREE',
  keyRecoverable: false,
  tokenType: 'USERGENERATED',
  sendNotification: false,
  status: 10,
} as const;
const PASSWORD = 'dojot';
/** Of a field, in characters. */
const LONGEST_TEXT = 256;

/** Entities, and certificates for them. */
export function entityRoutes(app: FastifyInstance, pki: DojotPki): void {
  const { entities, certificates, authorities, enrollment } = pki;

  app.post('/user', async (request, reply) => {
    const fields = fieldsOf(request.body);
    const name = entityName(fields.username);
    mustBeOwn(request, name);
    checkFixed(fields, name);
    const caName = textOf(fields, 'caName', pki.caName);
    if ((await authorities.find(caName)) === undefined)
      throw new RequestProblem(400, `CA with name ${caName} does not exist.`);
    const password = textOf(fields, 'password', PASSWORD);
    await entities.put(name, caName, password);
    return reply.type('text/plain; charset=utf-8').send('user created/edited with success.');
  });

  app.get('/user/:name', async (request) => {
    const name = nameIn(request);
    const found = await entities.find(name);
    if (found === undefined) throw noEntity(name);
    return { user: [describe(name, found.entity)] };
  });

  app.get('/user/:name/find', async (request) => {
    const name = nameIn(request);
    const isValid = (request.query as { valid?: string }).valid === 'true';
    const now = pki.now();
    for await (const certificate of certificates.ofEntity(name.name)) {
      if (!isValid || isInForce(certificate, now)) return { data: base64Lines(certificate.der) };
    }
    throw new RequestProblem(404, `No certificate found for ${name.name}`);
  });

  app.delete('/user/:name', async (request) => {
    const name = nameIn(request);
    const { delete: isDeleted } = request.query as { delete?: string };
    const reason = readReason(request);
    if ((await entities.find(name)) === undefined) throw noEntity(name);
    // First nothing more is issued for it.
    if (isDeleted === 'true') await entities.remove(name);
    for await (const { caName, serialNumber, revoked } of certificates.ofEntity(name.name)) {
      if (!revoked) await certificates.revoke(caName, serialNumber, reason);
    }
    return { response: 'user deleted with success.' };
  });

  app.post('/sign/:name/pkcs10', async (request) => {
    const name = nameIn(request);
    const { certificate, passwd } = fieldsOf(request.body);
    if (typeof passwd !== 'string')
      throw new RequestProblem(400, 'passwd is missing; send that of the entity, "dojot" unless it was changed');
    const { der } = await enrollment.sign(name, passwd, csrOf(certificate));
    return { status: { data: base64Lines(der) } };
  });
}

/** @throws RequestProblem 400, 403 */
function nameIn(request: FastifyRequest): EntityName {
  const name = entityName((request.params as { name: string }).name);
  mustBeOwn(request, name);
  return name;
}

function noEntity({ name }: EntityName): RequestProblem {
  return new RequestProblem(404, `there is no entity ${name}; make it with POST /user`);
}

function isInForce({ notAfter, revoked }: StoredCertificate, now: number): boolean {
  return revoked === undefined && notAfter.getTime() > now;
}

/** @throws RequestProblem 400 */
function checkFixed(fields: Readonly<Record<string, unknown>>, { name }: EntityName): void {
  for (const [field, value] of Object.entries({ ...FIXED, subjectDN: `CN=${name}` })) {
    if (fields[field] !== undefined && fields[field] !== value)
      throw new RequestProblem(400, `${field} can be ${JSON.stringify(value)} only; leave it out`);
  }
}

function textOf(fields: Readonly<Record<string, unknown>>, field: string, otherwise: string): string {
  const value = fields[field];
  if (value === undefined) return otherwise;
  if (typeof value === 'string' && value !== '' && value.length <= LONGEST_TEXT) return value;
  throw new RequestProblem(400, `${field} is not a text of 1 to ${LONGEST_TEXT} characters`);
}

/** As EJBCA describes it; the password stays here. */
function describe({ name }: EntityName, { caName, status }: Entity): object {
  return { ...FIXED, username: name, caName, status, subjectDN: `CN=${name}` };
}
