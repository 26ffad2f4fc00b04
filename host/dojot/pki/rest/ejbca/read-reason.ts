import type { FastifyRequest } from 'fastify';
import { RequestProblem } from '../../../../http/request-problem.js';
import { type ReasonCode, reasonCode } from '../../records/revocation-reasons.js';

/** The reason of a revocation in the query. @throws RequestProblem 404, as EJBCA's wrapper has it */
export function readReason(request: FastifyRequest): ReasonCode {
  const { reason = 'UNSPECIFIED' } = request.query as { reason?: unknown };
  const code = typeof reason === 'string' ? reasonCode(reason) : undefined;
  if (code !== undefined) return code;
  throw new RequestProblem(404, 'Inexistent reason code');
}
