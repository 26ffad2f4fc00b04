import { RequestProblem } from '../../http/request-problem.js';
import type { ListPage } from '../store/list-page.js';
import { checkKey } from '../store/values/value-limits.js';

const DEFAULT_PAGE_SIZE = 50;
const MAX_PAGE_SIZE = 1000;
/** No store has so many pages or values: what lies further on is as empty. */
const LAST_PAGE = 1_000_000_000;
/** Within 32 bits, which is what LMDB counts with. */
const LAST_OFFSET = 2_000_000_000;

/** What a list request asks for. Pages are counted from 0; a token says after or before which key the page lies. */
export interface PageRequest {
  pageSize: number;
  page: number;
  token?: string;
  range: ListPage;
}

/** The `meta` object of a list answer; addresses are absolute. */
export interface PageMeta {
  page: number;
  page_size: number;
  first_page_url: string;
  previous_page_url: string | null;
  url: string;
  next_page_url: string | null;
  key: string;
}

/**
 * Reads `PageSize` (1 or more, default 50; more than 1000 counts as 1000), `Page` (0 or more) and `PageToken`. Without a
 * token, the number of the page says where it begins.
 *
 * @throws RequestProblem 400
 */
export function parsePageRequest(query: unknown): PageRequest {
  const fields = query as Record<string, string | string[] | undefined>;
  const pageSize = readPageSize(fields.PageSize);
  const page = readCount('Page', fields.Page, 0, { least: 0, most: LAST_PAGE });
  const token = fields.PageToken === '' ? undefined : fields.PageToken;
  if (token === undefined) {
    return { pageSize, page, range: { limit: pageSize, offset: Math.min(page * pageSize, LAST_OFFSET) } };
  }
  return { pageSize, page, token: String(token), range: { limit: pageSize, ...readToken(token) } };
}

/**
 * What is on a page, and whether more follows: forwards one record more is asked for, which costs less than to ask again.
 *
 * @param list the records of a range
 * @param keyOf what pages go by
 */
export async function readPage<T>(
  { pageSize, range }: PageRequest,
  list: (range: ListPage) => Promise<T[]>,
  keyOf: (item: T) => string,
): Promise<{ items: T[]; more: boolean }> {
  if (range.before === undefined) {
    const items = await list({ ...range, limit: pageSize + 1 });
    return { items: items.slice(0, pageSize), more: items.length > pageSize };
  }
  const items = await list(range);
  const last = items.at(-1);
  return { items, more: last !== undefined && (await list({ after: keyOf(last), limit: 1 })).length > 0 };
}

/**
 * The `meta` object of a page.
 *
 * @param collection absolute address of the list
 * @param key the name of the list in the answer
 * @param values what is on this page
 * @param more whether values follow after this page
 */
export function pageMeta(
  collection: string,
  key: string,
  request: PageRequest,
  values: readonly { key: string }[],
  more: boolean,
): PageMeta {
  const { pageSize, page } = request;
  const address = (number: number, token?: string) =>
    `${collection}?PageSize=${pageSize}&Page=${number}${token === undefined ? '' : `&PageToken=${token}`}`;
  const last = values.at(-1);
  // The first page needs no token. An empty page has no first key to go back from, so its number must do.
  const back = page > 1 && values.length > 0 ? writeToken('before', values[0].key) : undefined;
  return {
    page,
    page_size: pageSize,
    first_page_url: address(0),
    previous_page_url: page > 0 ? address(page - 1, back) : null,
    url: address(page, request.token),
    next_page_url: more && last ? address(page + 1, writeToken('after', last.key)) : null,
    key,
  };
}

const TOKEN_PREFIX = { after: 'PA', before: 'PB' } as const;

function writeToken(side: 'after' | 'before', key: string): string {
  return `${TOKEN_PREFIX[side]}${Buffer.from(key).toString('base64url')}`;
}

function readToken(token: string | string[]): ListPage {
  const [, side, text] = /^P([AB])([\w-]+)$/.exec(String(token)) ?? [];
  try {
    const key = Buffer.from(text ?? '', 'base64url').toString();
    checkKey(key);
    return side === 'A' ? { after: key } : { before: key };
  } catch {
    throw new RequestProblem(400, 'the PageToken is not one of this list; begin with the address in first_page_url');
  }
}

/** `PageSize`. @throws RequestProblem 400 */
export function readPageSize(text: string | string[] | undefined): number {
  return readCount('PageSize', text, DEFAULT_PAGE_SIZE, { least: 1, most: MAX_PAGE_SIZE });
}

/** A number of any length; more than `most` counts as `most`. @throws RequestProblem 400 */
export function readCount(
  name: string,
  text: string | string[] | undefined,
  otherwise: number,
  { least, most }: { least: number; most: number },
): number {
  if (text === undefined || text === '') return otherwise;
  const count = typeof text === 'string' && /^\d+$/.test(text) ? Math.min(Number(text), most) : -1;
  if (count >= least) return count;
  throw new RequestProblem(400, `${name} is not a whole number of at least ${least}; correct or omit it`);
}
