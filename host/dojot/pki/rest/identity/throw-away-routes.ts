import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { pemOf } from '../../../../core/index.js';
import { RequestProblem } from '../../../../http/request-problem.js';
import { RefusedRequest } from '../../issue/refused-request.js';
import type { DojotPki } from '../../pki.js';
import { fingerprintOf, type StoredCertificate } from '../../records/certificates.js';
import { entityName } from '../../records/entity-name.js';
import { readCertificateBody } from './certificate-bodies.js';

const PATH = '/internal/api/v1/throw-away';
const APPLICATIONS: readonly unknown[] = ['kafka-consumer', 'vernemq', 'v2k-bridge', 'k2v-bridge'];
const PEM_FILE = 'application/x-pem-file';

/** The internal calls of x509-identity-mgmt: certificates for dojot's own services, whose owner nobody keeps. */
export function throwAwayRoutes(
  app: FastifyInstance,
  { caName, authorities, certificates, enrollment, crls }: DojotPki,
): void {
  app.get('/healthcheck', async () => ({ status: 'ok' }));

  app.post(PATH, async (request, reply) => {
    const { csr, belongsTo } = readCertificateBody('throw-away-certificate', request.body);
    if (belongsTo.device !== undefined)
      throw new RequestProblem(403, 'A device cannot be the owner of this certificate.');
    if (!APPLICATIONS.includes(belongsTo.application)) throw new RequestProblem(400, 'Application name is not valid.');
    const { fingerprint, der } = await enrollment.signFor(caName, csr, 'service', (commonName) => ({
      name: serviceName(commonName),
      belongsTo,
    }));
    const certificatePem = pemOf('CERTIFICATE', der);
    return answer(request, reply.code(201), certificatePem, { certificateFingerprint: fingerprint, certificatePem });
  });

  app.get(`${PATH}/ca`, async (request, reply) => {
    const { certificate } = await ownAuthority();
    const caPem = pemOf('CERTIFICATE', certificate);
    return answer(request, reply, caPem, { certificateFingerprint: fingerprintOf(certificate), caPem });
  });

  app.get(`${PATH}/ca/bundle`, async (request, reply) => {
    const caPem = pemOf('CERTIFICATE', (await ownAuthority()).certificate);
    return answer(request, reply, caPem, [caPem]);
  });

  app.get(`${PATH}/ca/crl`, async (request, reply) => {
    const authority = await ownAuthority();
    const { update } = request.query as { update?: string };
    const der = update === 'true' ? await crls.renew(caName, authority) : await crls.current(caName, authority);
    const crl = pemOf('X509 CRL', der);
    return answer(request, reply, crl, { crl });
  });

  // certificate-acl of dojot 0.7 and later: the broker asks who has a certificate.
  app.get('/internal/api/v1/acl-entries/:fingerprint', async (request, reply) => {
    const { fingerprint } = request.params as { fingerprint: string };
    const found = await certificates.byFingerprint(fingerprint.toUpperCase());
    const owner = found && ownerOf(found);
    if (owner === undefined) throw new RequestProblem(404, `No records found for ${fingerprint}`);
    return reply.type('application/json; charset=utf-8').send(JSON.stringify(owner));
  });

  async function ownAuthority() {
    const authority = await authorities.find(caName);
    if (authority === undefined) throw new RequestProblem(404, `CA with name ${caName} does not exist.`);
    return authority;
  }
}

/** `tenant:device`, or the name of a service; undefined when nobody has it. */
function ownerOf({ tenant, belongsTo: { device, application }, revoked }: StoredCertificate): string | undefined {
  if (revoked) return undefined;
  return device === undefined ? application : `${tenant}:${device}`;
}

/** A file for whoever asks for one, else JSON. */
function answer({ headers }: FastifyRequest, reply: FastifyReply, pem: string, json: object): FastifyReply {
  return headers.accept?.includes(PEM_FILE) ? reply.type(PEM_FILE).send(pem) : reply.send(json);
}

/** The name of a service, which is never that of a device. @throws RefusedRequest, RequestProblem 400 */
function serviceName(commonName: string) {
  if (!commonName.includes(':')) return entityName(commonName);
  throw new RefusedRequest('the CSR is for a device; make it with the name of the service: /CN=v2k-bridge');
}
