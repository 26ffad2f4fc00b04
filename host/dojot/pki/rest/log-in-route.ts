import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { Credentials, LogInGuard } from '../../../http/log-ins/log-in-guard.js';
import { RequestProblem } from '../../../http/request-problem.js';
import type { Users } from '../records/users.js';
import type { Tokens } from '../tokens.js';
import { fieldsOf } from './json-body.js';

/** `POST /auth` with `username` and `passwd` for a token. */
export function logInRoute(app: FastifyInstance, users: Users, tokens: Tokens, logIns: LogInGuard): void {
  app.post('/auth', { config: { open: true }, preParsing: mustBeJson }, async (request) => {
    const { username, passwd } = fieldsOf(request.body);
    if (typeof username !== 'string' || username === '') throw new RequestProblem(400, 'missing username');
    if (typeof passwd !== 'string' || passwd === '') throw new RequestProblem(400, 'missing password');
    const name = username.toLowerCase();
    const shown: Credentials = { text: JSON.stringify([name, passwd]), user: name };
    await logIns.begin(request, shown, () => performance.now());
    const user = await users.verify(name, passwd);
    if (typeof user !== 'string') {
      logIns.succeeded(request);
      return { jwt: await tokens.issue(user) };
    }
    logIns.failed(request, shown);
    throw user === 'unknown'
      ? new RequestProblem(401, 'AuthenticationError')
      : new RequestProblem(403, 'AuthorizationError');
  });
}

/** @throws RequestProblem 400 */
async function mustBeJson({ headers }: FastifyRequest): Promise<void> {
  const [type] = (headers['content-type'] ?? '').split(';');
  if (type.trim().toLowerCase() !== 'application/json') throw new RequestProblem(400, 'invalid mimetype');
}
