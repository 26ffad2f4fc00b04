import { editDistance } from '../../node/edit-distance.js';
import { CONFIG_KEYS, type ConfigKey, isConfigKey } from './store-keys.js';

/** How near a name is to a key: only its spelling differs, it is another word for it, or some letters are wrong. */
export type Nearness = 'spelling' | 'synonym' | 'typing';

/** Words that documents, brokers and other clients use for the same thing, in the form of `plain`. */
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
 * How near a stored name is to a key.
 *
 * @returns undefined when it is this key, another key, or something else altogether
 */
export function nearness(name: string, key: ConfigKey): Nearness | undefined {
  if (isConfigKey(name)) return undefined;
  const text = plain(name);
  const wanted = plain(key);
  if (text === wanted) return 'spelling';
  if (SYNONYMS[key].includes(text)) return 'synonym';
  // A word for one key is not a mistyped name of another.
  if (CONFIG_KEYS.some((other) => plain(other) === text || SYNONYMS[other].includes(text))) return undefined;
  return editDistance(text, wanted) <= (wanted.length < 6 ? 1 : 2) ? 'typing' : undefined;
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
