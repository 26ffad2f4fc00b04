import { RequestProblem } from '../../../../http/request-problem.js';
import type { Certificates, StoredCertificate } from '../../records/certificates.js';
import { isDevice } from './certificate-bodies.js';
import { certificateFields } from './certificate-reply.js';

const [DEFAULT_LIMIT, MOST] = [25, 250];
const LAST_PAGE = 1_000_000_000;
type Fields = ReturnType<typeof certificateFields>;

/**
 * A page of the certificates of a tenant, with `page`, `limit`, `fields` and `NAME=VALUE` in the query. It reads what is on the page; by
 * `fingerprint` or `belongsTo.device` what has that; and all of the tenant for another NAME.
 *
 * @param url the address of the list
 * @throws RequestProblem 400
 */
export async function certificatePage(certificates: Certificates, tenant: string, query: unknown, url: string) {
  const { page, limit, fields, ...filters } = query as Record<string, unknown>;
  const current = readCount('page', page, 1, LAST_PAGE);
  const perPage = readCount('limit', limit, DEFAULT_LIMIT, MOST);
  const chosen = typeof fields === 'string' && fields !== '' ? fields.split(',') : undefined;
  const first = (current - 1) * perPage;
  const { found, totalItems } =
    Object.keys(filters).length > 0
      ? await matching(candidates(certificates, tenant, filters), filters, first, perPage)
      : {
          found: (await certificates.pageOfTenant(tenant, first, perPage)).map(certificateFields),
          totalItems: await certificates.countOfTenant(tenant),
        };
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
    certificates: chosen ? found.map((described) => pick(described, chosen)) : found,
  };
}

type Filters = Readonly<Record<string, unknown>>;

/** Those of a tenant among which are all that the filters let through. */
async function* candidates(certificates: Certificates, tenant: string, filters: Filters) {
  const { fingerprint, 'belongsTo.device': device } = filters;
  if (typeof fingerprint === 'string') {
    const found = await certificates.byFingerprint(fingerprint);
    if (found?.tenant === tenant && found.revoked === undefined) yield found;
  } else if (typeof device === 'string') yield* isDevice(device) ? certificates.ofDevice(tenant, device) : [];
  else yield* certificates.ofTenant(tenant);
}

async function matching(all: AsyncIterable<StoredCertificate>, filters: Filters, first: number, perPage: number) {
  const found: Fields[] = [];
  let totalItems = 0;
  for await (const certificate of all) {
    const described = certificateFields(certificate);
    if (!Object.entries(filters).every(([name, value]) => valueAt(described, name) === value)) continue;
    if (totalItems >= first && found.length < perPage) found.push(described);
    totalItems++;
  }
  return { found, totalItems };
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
