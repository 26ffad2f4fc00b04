import type { FastifyInstance } from 'fastify';
import { RequestProblem } from '../../../http/request-problem.js';
import { parseJson } from '../../../node/json-depth.js';

/** Takes every body for JSON, whatever its type says, as EJBCA's wrapper does. */
export function readJsonBodies(app: FastifyInstance): void {
  app.removeAllContentTypeParsers();
  app.addContentTypeParser('*', { parseAs: 'buffer' }, (_request, body, done) => {
    try {
      done(null, parseJson(new TextDecoder('utf-8', { fatal: true }).decode(body as Buffer)));
    } catch {
      done(new RequestProblem(400, 'malformed JSON'));
    }
  });
}

/** The fields of a body that is an object. @throws RequestProblem 400 */
export function fieldsOf(body: unknown): Readonly<Record<string, unknown>> {
  if (typeof body === 'object' && body !== null && !Array.isArray(body)) return { ...body };
  throw new RequestProblem(400, 'the body is not a JSON object; send one');
}
