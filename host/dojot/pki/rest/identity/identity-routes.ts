import type { FastifyInstance, FastifyRequest } from 'fastify';
import { pemOf } from '../../../../core/index.js';
import { RequestProblem } from '../../../../http/request-problem.js';
import { RefusedRequest } from '../../issue/refused-request.js';
import type { DojotPki } from '../../pki.js';
import { fingerprintOf, type StoredCertificate } from '../../records/certificates.js';
import { entityName } from '../../records/entity-name.js';
import { SUPERSEDED } from '../../records/revocation-reasons.js';
import { isOwn } from '../pki-caller.js';
import { readCertificateBody, readOwnerBody } from './certificate-bodies.js';
import { certificatePage } from './certificate-page.js';
import { certificateFields } from './certificate-reply.js';

const PATH = '/x509/v1/certificates';

/**
 * The public calls of x509-identity-mgmt (dojot 0.5 and later), behind the gateway.
 *
 * @param baseUrl the address at which the client reached this server
 */
export function identityRoutes(
  app: FastifyInstance,
  { caName, authorities, certificates, enrollment, crls }: DojotPki,
  baseUrl: (request: FastifyRequest) => string,
): void {
  app.post(PATH, async (request, reply) => {
    const { csr, belongsTo } = readCertificateBody('register-certificate', request.body);
    if (belongsTo.application !== undefined)
      throw new RequestProblem(403, 'Only devices can be the owners of these certificates.');
    const tenant = tenantOf(request);
    const { fingerprint, der } = await enrollment.signFor(caName, csr, 'device', (commonName) => {
      const device = deviceOf(tenant, commonName, belongsTo.device);
      return { name: entityName(`${tenant}:${device}`), belongsTo: { device } };
    });
    return reply.code(201).send({ certificateFingerprint: fingerprint, certificatePem: pemOf('CERTIFICATE', der) });
  });

  app.get(PATH, async (request) => {
    return certificatePage(certificates, tenantOf(request), request.query, `${baseUrl(request)}${PATH}`);
  });

  app.get(`${PATH}/:fingerprint`, async (request) => certificateFields(await find(request)));

  app.patch(`${PATH}/:fingerprint`, async (request, reply) => {
    const belongsTo = readOwnerBody('change-owner', request.body);
    const { serialNumber } = await find(request);
    await certificates.setOwner(caName, serialNumber, belongsTo);
    return reply.code(204).send();
  });

  app.delete(`${PATH}/:fingerprint`, async (request, reply) => {
    const { serialNumber } = await find(request);
    await certificates.revoke(caName, serialNumber, SUPERSEDED);
    return reply.code(204).send();
  });

  app.delete(`${PATH}/:fingerprint/belongsto`, async (request, reply) => {
    const { serialNumber } = await find(request);
    await certificates.setOwner(caName, serialNumber, {});
    return reply.code(204).send();
  });

  app.get('/x509/v1/ca', async () => {
    const { certificate } = await ownAuthority();
    return { certificateFingerprint: fingerprintOf(certificate), caPem: pemOf('CERTIFICATE', certificate) };
  });

  app.get('/x509/v1/ca/crl', async () => {
    return { crl: pemOf('X509 CRL', await crls.current(caName, await ownAuthority())) };
  });

  async function ownAuthority() {
    const authority = await authorities.find(caName);
    if (authority === undefined) throw new RequestProblem(404, `CA with name ${caName} does not exist.`);
    return authority;
  }

  /** One that was revoked is no more. */
  async function find(request: FastifyRequest): Promise<StoredCertificate> {
    const { fingerprint } = request.params as { fingerprint: string };
    const tenant = tenantOf(request);
    const found = await certificates.byFingerprint(fingerprint.toUpperCase());
    if (found && isOwn(request, found) && found.revoked === undefined) return found;
    const parameters = JSON.stringify({ tenant, fingerprint });
    throw new RequestProblem(404, `No records found for the following parameters: ${parameters}`);
  }
}

function tenantOf({ pkiCaller }: FastifyRequest): string {
  if (pkiCaller === undefined) throw new RequestProblem(401, 'Missing JWT token');
  return pkiCaller.tenant;
}

/** The subject is the device, with its tenant or without, and its owner. @throws RefusedRequest */
function deviceOf(tenant: string, commonName: string, owner: string | undefined): string {
  const device = commonName.startsWith(`${tenant}:`) ? commonName.slice(tenant.length + 1) : commonName;
  if (owner === undefined || owner === device) return device;
  throw new RefusedRequest(`the CSR is for another one than belongsTo.device; make it with the subject /CN=${owner}`);
}
