import type { FastifyInstance, FastifyRequest } from 'fastify';
import { RequestProblem } from '../../../../http/request-problem.js';
import type { DojotPki } from '../../pki.js';
import type { Revocation, StoredCertificate } from '../../records/certificates.js';
import { NOTREVOKED } from '../../records/revocation-reasons.js';
import { isOwn } from '../pki-caller.js';
import { base64Lines } from './base64-text.js';
import { readReason } from './read-reason.js';

const PATH = '/ca/:ca/certificate/:serial';

/** Certificates by issuer and serial number. The issuer is named by its DN here, not by its name. */
export function issuedRoutes(app: FastifyInstance, { authorities, certificates }: DojotPki): void {
  /** @param status of a certificate that there is not */
  const find = async (request: FastifyRequest, status: number): Promise<StoredCertificate> => {
    const { ca, serial } = request.params as { ca: string; serial: string };
    const caName = await authorities.named(ca);
    if (caName === undefined)
      throw new RequestProblem(
        400,
        `CA with DN ${ca} does not exist; give that of its certificate: CN=IOTmidCA,O=EJBCA`,
      );
    const found = await certificates.find(caName, serial);
    if (found && isOwn(request, found)) return found;
    throw new RequestProblem(status, `No certificate found with serial number ${serial} of ${ca}`);
  };

  app.get(PATH, async (request) => ({ data: base64Lines((await find(request, 404)).der) }));

  app.get(`${PATH}/status`, async (request) => {
    const { revoked } = await find(request, 404);
    return { status: { date: revoked?.date.toISOString() ?? null, reason: revoked?.reason ?? NOTREVOKED } };
  });

  app.delete(PATH, async (request) => {
    const reason = readReason(request);
    const { caName, serialNumber } = await find(request, 400);
    const outcome = await certificates.revoke(caName, serialNumber, reason);
    if (outcome !== 'done') throw new RequestProblem(400, `${REFUSALS[outcome]}: ${serialNumber}`);
    return { response: 'Certificate revoked' };
  });
}

const REFUSALS: Readonly<Record<Exclude<Revocation, 'done'>, string>> = {
  unknown: 'No certificate found with this serial number',
  'already-revoked': 'this certificate is revoked already',
  'not-on-hold': 'this certificate is not on hold, and nothing else can be taken back',
};
