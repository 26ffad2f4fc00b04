import { RequestProblem } from '../../../../http/request-problem.js';
import type { StoredCertificate } from '../../records/certificates.js';
import { certificateFields } from './certificate-reply.js';

const [DEFAULT_LIMIT, MOST] = [25, 250];
const LAST_PAGE = 1_000_000_000;
type Fields = ReturnType<typeof certificateFields>;

/**
 * A page of certificates, with `page`, `limit`, `fields` and `NAME=VALUE` in the query.
 *
 * @param url the address of the list
 * @throws RequestProblem 400
 */
export async function certificatePage(
  query: unknown,
  all: AsyncIterable<StoredCertificate>,
  isListed: (certificate: StoredCertificate) => boolean,
  url: string,
) {
  const { page, limit, fields, ...filters } = query as Record<string, unknown>;
  const current = readCount('page', page, 1, LAST_PAGE);
  const perPage = readCount('limit', limit, DEFAULT_LIMIT, MOST);
  const chosen = typeof fields === 'string' && fields !== '' ? fields.split(',') : undefined;
  const first = (current - 1) * perPage;
  const certificates: object[] = [];
  let totalItems = 0;
  for await (const certificate of all) {
    const described = certificateFields(certificate);
    if (!isListed(certificate) || !Object.entries(filters).every(([name, value]) => valueAt(described, name) === value))
      continue;
    if (totalItems >= first && certificates.length < perPage)
      certificates.push(chosen ? pick(described, chosen) : described);
    totalItems++;
  }
  const totalPages = Math.ceil(totalItems / perPage);
  const link = (number: number) =>
    number < 1 || number > totalPages ? null : { number, url: `${url}?page=${number}&limit=${perPage}` };
  return {
    paging: {
      previous: link(current - 1),
      current: link(current),
      next: link(current + 1),
      totalItems,
      totalPages,
      limitPerPage: perPage,
    },
    certificates,
  };
}

/** `fingerprint`, `belongsTo.device`: undefined for a field that there is not. */
function valueAt(described: Fields, name: string): unknown {
  const [field, inner] = name.split('.');
  const value = Object.hasOwn(described, field) ? described[field as keyof Fields] : undefined;
  if (inner === undefined) return typeof value === 'object' ? undefined : String(value);
  return typeof value === 'object' && Object.hasOwn(value, inner) ? value[inner as keyof typeof value] : undefined;
}

function pick(described: Fields, names: readonly string[]): object {
  return Object.fromEntries(Object.entries(described).filter(([name]) => names.includes(name)));
}

function readCount(name: string, text: unknown, otherwise: number, most: number): number {
  if (text === undefined) return otherwise;
  const count = typeof text === 'string' && /^\d{1,10}$/.test(text) ? Number(text) : 0;
  if (count >= 1 && count <= most) return count;
  throw new RequestProblem(400, `${name} is not a number from 1 to ${most}`);
}
