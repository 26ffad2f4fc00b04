import type { FastifyError } from 'fastify';
import { StoreError, type StoreErrorCode } from '../store/store-error.js';

/** The body of an error answer, in the form of the original service. */
export interface ProblemBody {
  /** Twilio's error code where one is known for the status, else the status */
  code: number;
  message: string;
  /** where the document is that explains it, within this package */
  more_info: string;
  status: number;
}

/** An error of a request and its HTTP status. The message goes to the client, so it never holds a value. */
export class RequestProblem extends Error {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;

  constructor(status: number, message: string, headers: Readonly<Record<string, string>> = {}) {
    super(message);
    this.name = 'RequestProblem';
    this.status = status;
    this.headers = headers;
  }
}

const MORE_INFO = 'docs/rest-api.md#errors';

/** Twilio's codes, from its error dictionary. */
const TWILIO_CODES: Record<number, number> = {
  400: 20001,
  401: 20003,
  403: 20403,
  404: 20404,
  405: 20004,
  409: 20409,
  429: 20429,
  500: 20500,
  503: 20503,
};

/** A bad device SID is 404: to the client it is a device that does not exist. */
const STORE_STATUS: Record<StoreErrorCode, number> = {
  'invalid-key': 400,
  'invalid-value': 400,
  'invalid-device-sid': 404,
  'invalid-sid': 404,
  'invalid-name': 400,
  'invalid-app': 400,
  'already-exists': 409,
  'not-found': 404,
  'in-use': 409,
  unusable: 500,
  storage: 500,
  damaged: 500,
  full: 507,
  unavailable: 503,
  conflict: 503,
  closed: 503,
};

/** What the client is told when it can do nothing about it: the store's own words are for the log, they name files and records. */
const STORE_MESSAGES: Partial<Record<StoreErrorCode, string>> = {
  unusable: 'the store cannot be used; the log of the server says why',
  storage: 'the store could not be read or written; nothing was changed; the log of the server says why',
  damaged: 'what is stored here is damaged and not given out; restore a backup, or write it again',
  full: 'the disk of the store is full; nothing was changed, and reads go on; try again when there is room',
  unavailable: 'the database cannot be reached; a change may or may not have been made: look, then try again',
  conflict: 'others changed the same at the same time, again and again; nothing was changed; try again',
  closed: 'the server is stopping; nothing was changed; try again',
};

/** Seconds after which a call that got 503 may be tried again. */
const RETRY_AFTER = '1';

/** What to do about refusals of Fastify and of Node's parser. Their messages are not used, because they could hold parts of the request. */
const FRAMEWORK_MESSAGES: Record<number, string> = {
  400: 'the request is not well-formed HTTP; check its headers and its length',
  401: 'the account SID and the auth token, or the SID and the secret of an API key, are missing or wrong; send them with HTTP basic authentication (curl -u SID:TOKEN)',
  408: 'the request did not come in time; send it again, whole',
  413: 'the request is too large; a value has at most 4096 characters',
  414: 'the address of the request is too long; a key has at most 100 characters',
  415: 'the body is not form-encoded; send application/x-www-form-urlencoded (curl --data-urlencode)',
  417: 'nothing but 100-continue can be expected; leave the header Expect out',
  431: 'the headers of the request, or its address, are too long; shorten them',
};

/** The answer to anything that was thrown while a request was handled. */
export function problemOf(error: unknown): ProblemBody {
  if (error instanceof RequestProblem) return problem(error.status, error.message);
  if (error instanceof StoreError)
    return problem(STORE_STATUS[error.code], STORE_MESSAGES[error.code] ?? error.message);
  const { statusCode = 500, code } = (error ?? {}) as Partial<FastifyError>;
  // The client has gone before its body was whole.
  if (code === 'ECONNRESET') return problem(400);
  return problem(statusCode >= 400 && statusCode < 600 ? statusCode : 500);
}

/** The headers that go with {@link problemOf}. */
export function problemHeaders(error: unknown, { status }: ProblemBody): Readonly<Record<string, string>> {
  const retry: Record<string, string> = status === 503 ? { 'retry-after': RETRY_AFTER } : {};
  return error instanceof RequestProblem ? { ...retry, ...error.headers } : retry;
}

/** The body of a status of 400 and more. */
export function problem(status: number, message = messageOf(status)): ProblemBody {
  return { code: TWILIO_CODES[status] ?? status, message, more_info: MORE_INFO, status };
}

function messageOf(status: number): string {
  if (status >= 500) return 'the request failed inside the server; its log has the kind of error';
  return FRAMEWORK_MESSAGES[status] ?? 'the request cannot be served; see its status';
}
