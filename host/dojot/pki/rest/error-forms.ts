import type { FastifyRequest } from 'fastify';
import { storeRefusal } from '../../../cloud/rest/store-refusal.js';
import { StoreError } from '../../../cloud/store/store-error.js';
import type { ErrorAnswer } from '../../../http/http-service.js';
import { pathOf } from '../../../http/request-path.js';
import { RequestProblem, statusOfError } from '../../../http/request-problem.js';
import type { Generation } from '../../generation.js';
import { RefusedRequest } from '../issue/refused-request.js';
import { SchemaProblem } from './identity/schema-problem.js';

/** Where EJBCA's wrapper sends its callers. */
const MORE_INFO = 'https://dojot.github.io/ejbca-rest/apiary_latest.html';

/** What to do about refusals of Fastify and of Node's parser. */
const MESSAGES: Readonly<Record<number, string>> = {
  400: 'the request is not well-formed HTTP; check its headers and its length',
  408: 'the request did not come in time; send it again, whole',
  413: 'the request is too large; a body has at most 100 KiB',
  414: 'the address of the request is too long',
  417: 'nothing but 100-continue can be expected; leave the header Expect out',
  431: 'the headers of the request, or its address, are too long; shorten them',
};

/** The body of an error, in the form of the service that the call was made for. */
export function errorBody(generation: Generation, status: number, message = messageOf(status)): object {
  return generation === 1 ? { code: status, message, moreinfo: MORE_INFO } : { error: message };
}

/** The answer to anything that was thrown. */
export function errorAnswer(generation: Generation, error: unknown, request: FastifyRequest): ErrorAnswer {
  const { status, message, headers, fault } = refusalOf(error);
  const isOfAuth = pathOf(request) === '/auth';
  const body = isOfAuth ? { message, status } : errorBody(generation, status, message);
  const detail = error instanceof SchemaProblem ? { detail: error.detail } : {};
  return { status, body: { ...body, ...detail }, headers, fault };
}

interface Refusal extends Pick<ErrorAnswer, 'headers' | 'fault'> {
  status: number;
  message: string;
}

function refusalOf(error: unknown): Refusal {
  if (error instanceof RequestProblem) return { status: error.status, message: error.message, headers: error.headers };
  if (error instanceof RefusedRequest) return { status: 400, message: error.message };
  if (error instanceof StoreError) {
    const refusal = storeRefusal(error);
    const retry = refusal.status === 503 ? { 'retry-after': '1' } : undefined;
    return { ...refusal, headers: retry, fault: refusal.status >= 500 ? error.message : undefined };
  }
  const status = statusOfError(error);
  // The message of an unexpected error could hold a value.
  const { name = 'unknown error', code } = (error ?? {}) as { name?: string; code?: string };
  return { status, message: messageOf(status), fault: status >= 500 ? `${name} ${code ?? ''}`.trim() : undefined };
}

function messageOf(status: number): string {
  if (status >= 500) return 'the request failed inside the server; its log has the kind of error';
  return MESSAGES[status] ?? 'the request cannot be served; see its status';
}
