import { CloudClient } from '../../cloud/index.js';
import { UserError } from '../process/user-error.js';

/**
 * A cloud behind an address, with the account SID and token of the environment.
 *
 * @param signal ends calls under way
 * @throws UserError when they are not set; CloudClientError `invalid-address`
 */
export function remoteCloud(url: string, env: NodeJS.ProcessEnv, signal?: AbortSignal): CloudClient {
  const { TWILIO_ACCOUNT_SID: accountSid, TWILIO_AUTH_TOKEN: authToken } = env;
  if (accountSid && authToken) return new CloudClient({ url, accountSid, authToken, signal });
  throw new UserError('--cloud needs TWILIO_ACCOUNT_SID and TWILIO_AUTH_TOKEN in the environment; export both');
}
