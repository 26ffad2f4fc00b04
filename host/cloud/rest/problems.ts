import { RequestProblem, statusOfError } from '../../http/request-problem.js';
import { StoreError } from '../store/store-error.js';
import { storeRefusal } from './store-refusal.js';

/** The body of an error answer, in the form of the original service. */
export interface ProblemBody {
  /** Twilio's error code where one is known for the status, else the status */
  code: number;
  message: string;
  /** where the document is that explains it, within this package */
  more_info: string;
  status: number;
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
  if (error instanceof StoreError) {
    const { status, message } = storeRefusal(error);
    return problem(status, message);
  }
  return problem(statusOfError(error));
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
