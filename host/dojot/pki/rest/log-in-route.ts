import type { FastifyInstance, FastifyRequest } from 'fastify';
import { LogInAttempts } from '../../../http/log-ins/log-in-attempts.js';
import { RequestProblem } from '../../../http/request-problem.js';
import { networkOf } from '../../../node/networks.js';
import type { Users } from '../records/users.js';
import type { Tokens } from '../tokens.js';
import { fieldsOf } from './json-body.js';

/** How many more guesses an address has than one user from it: it may be that of many people. */
const ADDRESS_FACTOR = 5;
const LONGEST_PASSWORD = 1024;

/**
 * `POST /auth` with `username` and `passwd` for a token. Guesses are slowed for each user from one address and for each address.
 *
 * @param limits guesses in a row, and how many a second after that
 */
export function logInRoute(
  app: FastifyInstance,
  users: Users,
  tokens: Tokens,
  limits: { burst: number; rate: number },
): void {
  const { burst, rate } = limits;
  const byUser = new LogInAttempts(limits);
  const byAddress = new LogInAttempts({ burst: burst * ADDRESS_FACTOR, rate: rate * ADDRESS_FACTOR });

  app.post('/auth', { config: { open: true }, preParsing: mustBeJson }, async (request) => {
    const { username, passwd } = fieldsOf(request.body);
    if (typeof username !== 'string' || username === '') throw new RequestProblem(400, 'missing username');
    if (typeof passwd !== 'string' || passwd === '') throw new RequestProblem(400, 'missing password');
    const address = networkOf(request.ip ?? '');
    const name = `${address} ${username.toLowerCase().slice(0, 64)}`;
    begin(byAddress, address);
    try {
      begin(byUser, name);
    } catch (error) {
      byAddress.decided(address, false);
      throw error;
    }
    let isWrong = false;
    try {
      const user = await users.verify(username, passwd.slice(0, LONGEST_PASSWORD));
      isWrong = typeof user === 'string';
      if (user === 'unknown') throw new RequestProblem(401, 'AuthenticationError');
      if (user === 'wrong') throw new RequestProblem(403, 'AuthorizationError');
      return { jwt: await tokens.issue(user) };
    } finally {
      byUser.decided(name, isWrong);
      byAddress.decided(address, isWrong);
    }
  });
}

/** @throws RequestProblem 400 */
async function mustBeJson({ headers }: FastifyRequest): Promise<void> {
  const [type] = (headers['content-type'] ?? '').split(';');
  if (type.trim().toLowerCase() !== 'application/json') throw new RequestProblem(400, 'invalid mimetype');
}

/** @throws RequestProblem 429 */
function begin(attempts: LogInAttempts, name: string): void {
  const wait = attempts.begin(name, performance.now());
  if (wait === 0) return;
  // Others of the same name are being looked at, and may all be wrong.
  const seconds = Math.ceil((wait ?? 1000) / 1000);
  const message = `too many log-ins from this address at once, or too many failed; try again in ${seconds} s`;
  throw new RequestProblem(429, message, { 'retry-after': String(seconds) });
}
