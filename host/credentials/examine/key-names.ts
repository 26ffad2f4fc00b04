import { CONFIG_KEYS, type ConfigKey, isConfigKey } from './store-keys.js';

/** How near a name is to a key: only the spelling differs, another word is used for it, or letters are wrong. */
export type Nearness = 'spelling' | 'synonym' | 'typing';

/** Words of the documents, of brokers and of other clients for the same thing, as `plain` leaves them. */
const SYNONYMS: Record<ConfigKey, string[]> = {
  'broker-host': ['host', 'hostname', 'broker', 'mqtthost', 'mqttbroker', 'brokername', 'brokerhostname', 'server'],
  'broker-port': ['port', 'mqttport', 'mqttsport', 'brokertlsport'],
  'client-id': ['mqttclientid', 'clientidentifier'],
  'root-CA': ['ca', 'cacert', 'cafile', 'cachain', 'cachainfile', 'rootcert', 'rootcacert', 'rootcertificate'],
  cert: ['certificate', 'certificatefile', 'clientcert', 'clientcertificate', 'devicecert', 'devicecertificate'],
  private_key: ['key', 'privkey', 'privatekeyfile', 'clientkey', 'clientprivatekey', 'devicekey', 'certkey'],
  username: ['user', 'login', 'mqttusername', 'brokerusername'],
  password: ['pass', 'passwd', 'mqttpassword', 'brokerpassword'],
};

const ORDER: Nearness[] = ['spelling', 'synonym', 'typing'];

/**
 * How near a stored name is to a key that it is not.
 *
 * @returns undefined when it is the key, another key, or something else altogether
 */
export function nearness(name: string, key: ConfigKey): Nearness | undefined {
  if (isConfigKey(name)) return undefined;
  const text = plain(name);
  const wanted = plain(key);
  if (text === wanted) return 'spelling';
  if (SYNONYMS[key].includes(text)) return 'synonym';
  // A name that is a word for one key is no mistyped other one.
  if (CONFIG_KEYS.some((other) => plain(other) === text || SYNONYMS[other].includes(text))) return undefined;
  return distance(text, wanted) <= (wanted.length < 6 ? 1 : 2) ? 'typing' : undefined;
}

/** The nearest of several names; the first of those that are equally near. */
export function nearest(names: readonly string[], key: ConfigKey): { name: string; how: Nearness } | undefined {
  const near = names.flatMap((name) => {
    const how = nearness(name, key);
    return how ? [{ name, how }] : [];
  });
  return near.sort((a, b) => ORDER.indexOf(a.how) - ORDER.indexOf(b.how))[0];
}

function plain(name: string): string {
  return name.toLowerCase().replace(/[-_. \t]/g, '');
}

/** Letters to add, remove or change to make one text of the other; three or more are not counted. */
function distance(a: string, b: string): number {
  if (Math.abs(a.length - b.length) > 2) return 3;
  let row = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) {
      const change = row[j - 1] + (a[i - 1] === b[j - 1] ? 0 : 1);
      next.push(Math.min(change, row[j] + 1, next[j - 1] + 1));
    }
    row = next;
  }
  return row[b.length];
}
