import { readPem } from '../../../../core/index.js';
import { RequestProblem } from '../../../../http/request-problem.js';
import type { BelongsTo } from '../../records/certificates.js';
import { fieldsOf } from '../json-body.js';
import { SchemaProblem } from './schema-problem.js';

const LONGEST_CSR = 65_536;
/** Lines of 1 to 64 characters (RFC 7468 3), as dojot's schema has them. */
const CSR =
  /^-----BEGIN CERTIFICATE REQUEST-----(\r?\n[0-9A-Za-z+/=]{1,64})+\r?\n-----END CERTIFICATE REQUEST-----\s*$/;
const DEVICE = /^[0-9a-fA-F-]{5,36}$/;
const FIELDS = new Set(['csr', 'belongsTo']);

/** What a certificate is asked for with: the CSR in DER, and who is to have it. @throws SchemaProblem, RequestProblem 400 */
export function readCertificateBody(schemaId: string, body: unknown): { csr: Buffer; belongsTo: BelongsTo } {
  const fields = fieldsOf(body);
  if (fields.certificateChain !== undefined) {
    throw new RequestProblem(400, 'certificates of other CAs are not registered here; send a csr');
  }
  const other = Object.keys(fields).find((name) => !FIELDS.has(name));
  if (other !== undefined) throw new SchemaProblem(schemaId, `unknown field ${JSON.stringify(other.slice(0, 64))}`);
  return { csr: readCsr(schemaId, fields.csr), belongsTo: readBelongsTo(schemaId, fields.belongsTo ?? {}) };
}

/** The body of a change of owner. @throws SchemaProblem */
export function readOwnerBody(schemaId: string, body: unknown): BelongsTo {
  const { belongsTo } = fieldsOf(body);
  if (belongsTo === undefined) throw new SchemaProblem(schemaId, 'belongsTo is missing');
  return readBelongsTo(schemaId, belongsTo);
}

export function isDevice(text: string): boolean {
  return DEVICE.test(text);
}

function readCsr(schemaId: string, text: unknown): Buffer {
  if (typeof text !== 'string') throw new SchemaProblem(schemaId, 'csr is missing, or not a text');
  if (text.length > LONGEST_CSR) throw new SchemaProblem(schemaId, `csr has more than ${LONGEST_CSR} characters`);
  const [block] = CSR.test(text) ? readPem(text).blocks : [];
  if (block === undefined) throw new SchemaProblem(schemaId, 'csr is not PEM of a CERTIFICATE REQUEST in lines of 64');
  return Buffer.from(block.text.replaceAll(/-----[^-]*-----|\s/g, ''), 'base64');
}

function readBelongsTo(schemaId: string, value: unknown): BelongsTo {
  const { device, application, ...others } = fieldsOf(value);
  const [other] = Object.keys(others);
  if (other !== undefined)
    throw new SchemaProblem(schemaId, `belongsTo has an unknown field ${JSON.stringify(other.slice(0, 64))}`);
  if (device !== undefined && (typeof device !== 'string' || !isDevice(device)))
    throw new SchemaProblem(schemaId, 'belongsTo.device is not 5 to 36 hex digits and hyphens');
  if (application !== undefined && typeof application !== 'string')
    throw new SchemaProblem(schemaId, 'belongsTo.application is not a text');
  return { ...(device === undefined ? {} : { device }), ...(application === undefined ? {} : { application }) };
}
