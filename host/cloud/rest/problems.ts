import type { FastifyError } from 'fastify';
import { StoreError, type StoreErrorCode } from '../store/store-error.js';

/** The body of an error answer. The original service's error codes are unknown, so `code` is the HTTP status. */
export interface ProblemBody {
  code: number;
  message: string;
  more_info: string;
  status: number;
}

/** An error of a request and its HTTP status. The message goes to the client, so it never holds a value. */
export class RequestProblem extends Error {
  readonly status: number;

  constructor(status: number, message: string) {
    super(message);
    this.name = 'RequestProblem';
    this.status = status;
  }
}

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

/** What to do about Fastify's own refusals. Its messages are not used, because they could hold parts of the request. */
const FRAMEWORK_MESSAGES: Record<number, string> = {
  400: 'the request is not well-formed HTTP; check its headers and its length',
  401: 'the account SID and the auth token, or the SID and the secret of an API key, are missing or wrong; send them with HTTP basic authentication (curl -u SID:TOKEN)',
  413: 'the request is too large; a value has at most 4096 characters',
  414: 'the address of the request is too long; a key has at most 100 characters',
  415: 'the body is not form-encoded; send application/x-www-form-urlencoded (curl --data-urlencode)',
};

/** The answer to anything that was thrown while a request was handled. */
export function problemOf(error: unknown): ProblemBody {
  if (error instanceof RequestProblem) return problem(error.status, error.message);
  if (error instanceof StoreError) return problem(STORE_STATUS[error.code], error.message);
  const status = (error as Partial<FastifyError>).statusCode ?? 500;
  const known = FRAMEWORK_MESSAGES[status];
  if (known !== undefined) return problem(status, known);
  if (status >= 400 && status < 500) return problem(status, 'the request cannot be served; see its status');
  return problem(500, 'the request failed inside the server; its log has the kind of error');
}

export function problem(status: number, message: string): ProblemBody {
  return { code: status, message, more_info: `https://httpwg.org/specs/rfc9110.html#status.${status}`, status };
}
