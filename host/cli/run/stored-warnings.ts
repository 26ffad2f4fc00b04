import type { Scope, ValueStore } from '../../cloud/index.js';
import { examine, FITNESS_TRAPS, type Finding } from '../../credentials/index.js';
import type { CredentialValues } from '../options/credential-values.js';
import { LOCAL_CLOUD_URL } from '../services/local-store.js';
import { remediesFor } from '../services/remedies.js';

/**
 * What is odd about the stored values that a device starts with: those that TLS or the broker may not take. Whatever else is
 * wrong the application says itself, when it reads them.
 *
 * @param usual the device that is used when none is named
 * @param overlay values that are used in place of stored ones
 */
export async function storedWarnings(
  stored: ValueStore,
  scope: Scope,
  { usual, ...place }: { data: string; store?: string; usual: string },
  overlay: CredentialValues,
): Promise<Finding[]> {
  const listed = async (name: 'configs' | 'secrets') =>
    new Map(
      (await stored.list(scope, name)).filter(({ key }) => !(key in overlay)).map(({ key, value }) => [key, value]),
    );
  const values = { configs: await listed('configs'), secrets: await listed('secrets') };
  const remedies = remediesFor(place, scope, LOCAL_CLOUD_URL, usual);
  return examine(values, { now: new Date(), warnDays: 0, ...remedies })
    .filter(({ trap }) => FITNESS_TRAPS.includes(trap))
    .map((finding) => ({ ...finding, severity: 'warning' }));
}
