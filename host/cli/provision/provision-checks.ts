import { isInTheClear, type NewValue, type PresentValues } from '../../cloud/index.js';
import { type ConfigKey, examine, type Finding, type StoredValues } from '../../credentials/index.js';
import { placeOf } from '../options/credential-options.js';
import type { Remedies } from '../services/remedies.js';
import type { ProvisionFiles, ValuesToStore } from './values-to-store.js';

/** What others could read on the way to the cloud. */
export function checkTransport(cloud: string | undefined): Finding[] {
  if (cloud === undefined || !isInTheClear(cloud)) return [];
  return [
    {
      severity: 'error',
      trap: 'plain-http',
      where: `--cloud ${cloud}`,
      what: 'The address is plain HTTP to another machine.',
      why: 'Anyone on the way can read the token, the private key and the password.',
      remedy: 'give an address that begins with https://',
    },
  ];
}

/**
 * What is wrong with a scope as it would be after the write. Only the new values can have errors; what is wrong elsewhere in
 * the scope is a warning, because it is no reason not to write values that are right.
 */
export function checkValues(
  values: StoredValues,
  { given, values: wanted }: ValuesToStore,
  options: ProvisionFiles & { warnDays: number },
  remedies: Partial<Remedies>,
): Finding[] {
  const places = given.map(({ key }) => placeOf(key, options) ?? key);
  const isNew = ({ where }: Finding) => places.some((place) => where === place || where.startsWith(`${place}, `));
  const found = examine(values, {
    now: new Date(),
    warnDays: options.warnDays,
    label: (key) => placeOf(key as ConfigKey, options),
    stored: Object.fromEntries(wanted.map(({ key, value }) => [key, value])),
    ...remedies,
  });
  return found.map((finding) => (isNew(finding) ? finding : { ...finding, severity: 'warning' }));
}

/** What a scope would hold after the write. Of a secret that cannot be read, only the name is known. */
export function merged(present: PresentValues, values: readonly NewValue[]): StoredValues {
  const configs = new Map(present.configs);
  const secrets = new Map<string, string>();
  const hiddenSecrets = new Set<string>();
  for (const [key, value] of present.secrets) {
    if (value === undefined) hiddenSecrets.add(key);
    else secrets.set(key, value);
  }
  for (const { store, key, value } of values) {
    if (store === 'configs') {
      configs.set(key, value);
    } else {
      secrets.set(key, value);
      hiddenSecrets.delete(key);
    }
  }
  return { configs, secrets, hiddenSecrets };
}
