import { type Material, SOON_DAYS } from './material.js';

/** Values by store and name, as `config root-CA`; undefined takes one away. */
export type Changes = Record<string, string | undefined>;

/** One way into a trap: what differs from values that are well. */
export interface Trap {
  /** What somebody did, in the words of README's table. */
  case: string;
  trap: string;
  severity: 'error' | 'warning';
  /** The place that is named; default the first key that is changed. */
  where?: string;
  changes: (material: Material) => Changes;
  warnDays?: number;
  authentication?: 'certificate' | 'password';
  /** Other traps that cannot but come with it. */
  besides?: string[];
  /** The stores here do not take such values. */
  foreignStore?: true;
}

export function goodValues({ pki }: Material): Changes {
  return {
    'config broker-host': 'broker.example.com',
    'config broker-port': '8883',
    'config root-CA': pki.hex('ca.der'),
    'config cert': pki.hex('device.der'),
    'secret private_key': pki.hex('device.key.der'),
  };
}

export function withChanges(values: Changes, changes: Changes): Record<string, string> {
  const entries = Object.entries({ ...values, ...changes });
  return Object.fromEntries(entries.filter((entry): entry is [string, string] => entry[1] !== undefined));
}

const pem = ({ pki }: Material, name: string) => pki.read(name).toString('latin1');
const base64 = ({ pki }: Material, name: string) => pki.read(name).toString('base64');
const fill = (text: string, length: number) => text.repeat(Math.ceil(length / text.length)).slice(0, length);

const NAMES: Trap[] = [
  {
    case: '`root-ca`, as the tables of the documents have it, for `root-CA`',
    trap: 'wrong-key-name',
    severity: 'error',
    where: 'config root-ca',
    changes: ({ pki }) => ({ 'config root-CA': undefined, 'config root-ca': pki.hex('ca.der') }),
  },
  {
    case: '`private-key` for `private_key`',
    trap: 'wrong-key-name',
    severity: 'error',
    where: 'secret private-key',
    changes: ({ pki }) => ({
      'secret private_key': undefined,
      'secret private-key': pki.hex('device.key.der'),
    }),
  },
  {
    case: '`Cert` for `cert`',
    trap: 'wrong-key-name',
    severity: 'error',
    where: 'config Cert',
    changes: ({ pki }) => ({ 'config cert': undefined, 'config Cert': pki.hex('device.der') }),
  },
  {
    case: 'another word: `host` for `broker-host`',
    trap: 'wrong-key-name',
    severity: 'error',
    where: 'config host',
    changes: () => ({ 'config broker-host': undefined, 'config host': 'broker.example.com' }),
  },
  {
    case: 'a slip of the finger: `brokre-port` for `broker-port`',
    trap: 'wrong-key-name',
    severity: 'error',
    where: 'config brokre-port',
    changes: () => ({ 'config broker-port': undefined, 'config brokre-port': '8883' }),
  },
  {
    case: '`root-ca` beside `root-CA`',
    trap: 'unread-key',
    severity: 'warning',
    changes: ({ pki }) => ({ 'config root-ca': pki.hex('ca.der') }),
  },
  {
    case: 'the private key among the configs',
    trap: 'wrong-store',
    severity: 'error',
    where: 'config private_key',
    changes: ({ pki }) => ({
      'secret private_key': undefined,
      'config private_key': pki.hex('device.key.der'),
    }),
  },
  {
    case: 'the certificate among the secrets',
    trap: 'wrong-store',
    severity: 'error',
    where: 'secret cert',
    changes: ({ pki }) => ({ 'config cert': undefined, 'secret cert': pki.hex('device.der') }),
  },
  {
    case: 'no `broker-port`',
    trap: 'missing-key',
    severity: 'error',
    changes: () => ({ 'config broker-port': undefined }),
  },
  {
    case: 'a certificate without its key',
    trap: 'missing-key',
    severity: 'error',
    changes: () => ({ 'secret private_key': undefined }),
  },
  {
    case: 'a user name without a password',
    trap: 'missing-key',
    severity: 'error',
    where: 'secret password',
    changes: () => ({ 'config cert': undefined, 'secret private_key': undefined, 'config username': 'ann' }),
  },
  {
    case: 'an application that wants a password, and a certificate in the store (`--authentication password`)',
    trap: 'missing-key',
    severity: 'error',
    where: 'config username',
    authentication: 'password',
    changes: () => ({ 'secret password': 'secret' }),
  },
  {
    case: 'neither certificate nor user name',
    trap: 'no-credentials',
    severity: 'warning',
    where: 'stores',
    changes: () => ({ 'config cert': undefined, 'secret private_key': undefined }),
  },
  {
    case: 'certificate and user name',
    trap: 'two-authentications',
    severity: 'warning',
    changes: () => ({ 'config username': 'ann', 'secret password': 'secret' }),
  },
];

const ADDRESS: Trap[] = [
  {
    case: 'a URL for the host',
    trap: 'scheme-in-host',
    severity: 'error',
    changes: () => ({ 'config broker-host': 'mqtts://broker.example.com' }),
  },
  {
    case: 'host and port in one',
    trap: 'port-in-host',
    severity: 'error',
    changes: () => ({ 'config broker-host': 'broker.example.com:8883' }),
  },
  {
    case: 'a space behind the host',
    trap: 'bad-host',
    severity: 'error',
    changes: () => ({ 'config broker-host': 'broker.example.com ' }),
  },
  { case: 'port 1883', trap: 'port-without-tls', severity: 'error', changes: () => ({ 'config broker-port': '1883' }) },
  {
    case: 'a port that is no number',
    trap: 'bad-port',
    severity: 'error',
    changes: () => ({ 'config broker-port': 'mqtts' }),
  },
];

const TEXT: Trap[] = [
  { case: 'an empty value', trap: 'empty-value', severity: 'error', changes: () => ({ 'config root-CA': '' }) },
  {
    case: 'PEM for a certificate',
    trap: 'pem-in-value',
    severity: 'error',
    changes: (material) => ({ 'config cert': pem(material, 'device.pem') }),
  },
  {
    case: 'PEM for the key',
    trap: 'pem-in-value',
    severity: 'error',
    changes: (material) => ({ 'secret private_key': pem(material, 'device.key') }),
  },
  {
    case: 'base64 for a certificate',
    trap: 'base64-in-value',
    severity: 'error',
    changes: (material) => ({ 'config root-CA': base64(material, 'ca.der') }),
  },
  {
    case: 'the hex of a PEM file',
    trap: 'hex-of-pem',
    severity: 'error',
    changes: ({ pki }) => ({ 'config cert': pki.hex('device.pem') }),
  },
  {
    case: 'the hex of base64',
    trap: 'hex-of-base64',
    severity: 'error',
    changes: (material) => ({ 'config root-CA': Buffer.from(base64(material, 'ca.der')).toString('hex') }),
  },
  {
    case: 'the hex of hex',
    trap: 'hex-of-hex',
    severity: 'error',
    changes: ({ foreign }) => ({
      'config root-CA': Buffer.from(foreign.hex('ca.der').slice(0, 800)).toString('hex'),
    }),
  },
  {
    case: 'a digit lost',
    trap: 'odd-hex',
    severity: 'error',
    where: 'secret private_key, character 3',
    changes: () => ({ 'secret private_key': '308' }),
  },
  {
    case: 'a newline behind the hex',
    trap: 'space-in-hex',
    severity: 'error',
    where: 'config cert, character 5',
    changes: () => ({ 'config cert': '3082\n' }),
  },
  {
    case: 'spaces in the hex',
    trap: 'space-in-hex',
    severity: 'error',
    where: 'config cert, character 3',
    changes: ({ pki }) => ({ 'config cert': pki.hex('device.der').replace(/../g, '$& ') }),
  },
  {
    case: 'colons in the hex',
    trap: 'bad-hex-digit',
    severity: 'error',
    where: 'config cert, character 3',
    changes: ({ pki }) => ({ 'config cert': pki.hex('device.der').replace(/..(?!$)/g, '$&:') }),
  },
  {
    case: '`0x` before the hex',
    trap: 'bad-hex-digit',
    severity: 'error',
    where: 'config root-CA, character 2',
    changes: ({ pki }) => ({ 'config root-CA': `0x${pki.hex('ca.der')}` }),
  },
  {
    case: 'a newline behind the password',
    trap: 'space-around-value',
    severity: 'warning',
    where: 'secret password, character 7',
    changes: () => ({
      'config cert': undefined,
      'secret private_key': undefined,
      'config username': 'ann',
      'secret password': 'secret\n',
    }),
  },
  {
    case: 'more than the stores take',
    trap: 'value-too-long',
    severity: 'error',
    foreignStore: true,
    changes: () => ({ 'config client-id': fill('pump-', 4097) }),
    besides: ['too-long-for-application'],
  },
  {
    case: 'a client id longer than a device SID',
    trap: 'too-long-for-application',
    severity: 'warning',
    changes: () => ({ 'config client-id': fill('pump-', 35) }),
  },
  {
    case: 'certificates that are too long together',
    trap: 'too-long-together',
    severity: 'warning',
    where: 'stores',
    changes: ({ pki }) => ({
      'config root-CA': fill(pki.hex('ca.der'), 3000),
      'config cert': fill(pki.hex('rsa.der'), 3000),
      'secret private_key': fill(pki.hex('rsa.key.der'), 3000),
    }),
    besides: ['bad-certificate', 'bad-key', 'too-long-for-application'],
  },
];

const CREDENTIALS: Trap[] = [
  {
    case: 'a PKCS#1 key (`openssl rsa -outform der` of OpenSSL 1.1)',
    trap: 'key-pkcs1',
    severity: 'error',
    changes: ({ pki }) => ({ 'secret private_key': pki.hex('pkcs1.der'), 'config cert': pki.hex('rsa.der') }),
  },
  {
    case: 'a SEC1 key (`openssl ec`)',
    trap: 'key-sec1',
    severity: 'error',
    changes: ({ pki }) => ({ 'secret private_key': pki.hex('sec1.der') }),
  },
  {
    case: 'a key with a pass-phrase',
    trap: 'key-encrypted',
    severity: 'error',
    changes: ({ pki }) => ({ 'secret private_key': pki.hex('encrypted.der') }),
  },
  {
    case: 'the certificate in the place of the key',
    trap: 'certificate-as-key',
    severity: 'error',
    changes: ({ pki }) => ({ 'secret private_key': pki.hex('device.der') }),
  },
  {
    case: 'the public key, which AWS gives beside the private one',
    trap: 'public-key-as-key',
    severity: 'error',
    changes: ({ pki }) => ({ 'secret private_key': pki.hex('public.der') }),
  },
  {
    case: 'the request for a certificate',
    trap: 'not-a-certificate',
    severity: 'error',
    changes: ({ pki }) => ({ 'config cert': pki.hex('request.der') }),
  },
  {
    case: 'the key in the place of the certificate',
    trap: 'key-as-certificate',
    severity: 'error',
    changes: ({ pki }) => ({ 'config cert': pki.hex('device.key.der') }),
  },
  {
    case: 'half a certificate',
    trap: 'bad-certificate',
    severity: 'error',
    where: 'config cert, byte offset 1',
    changes: ({ pki }) => ({ 'config cert': pki.hex('device.der').slice(0, 200) }),
  },
  {
    case: 'half a key',
    trap: 'bad-key',
    severity: 'error',
    where: 'secret private_key, byte offset 1',
    changes: ({ pki }) => ({ 'secret private_key': pki.hex('device.key.der').slice(0, 100) }),
  },
  {
    case: 'the key of another certificate',
    trap: 'key-of-another-certificate',
    severity: 'error',
    changes: ({ pki }) => ({ 'secret private_key': pki.hex('other.key.der') }),
  },
  {
    case: 'an expired certificate',
    trap: 'certificate-expired',
    severity: 'error',
    changes: ({ pki }) => ({ 'config cert': pki.hex('expired.der'), 'secret private_key': pki.hex('expired.key.der') }),
  },
  {
    case: 'a certificate of the future',
    trap: 'certificate-not-yet-valid',
    severity: 'error',
    changes: ({ pki }) => ({ 'config cert': pki.hex('early.der'), 'secret private_key': pki.hex('early.key.der') }),
  },
  {
    case: 'a certificate that ends within `--warn-days`',
    trap: 'certificate-expires-soon',
    severity: 'warning',
    warnDays: SOON_DAYS,
    changes: ({ pki }) => ({ 'config cert': pki.hex('soon.der'), 'secret private_key': pki.hex('soon.key.der') }),
  },
  {
    case: 'the device certificate as root CA',
    trap: 'root-is-no-ca',
    severity: 'error',
    changes: ({ pki }) => ({ 'config root-CA': pki.hex('device.der') }),
    besides: ['missing-chain'],
  },
  {
    case: "the broker's certificate as root CA",
    trap: 'root-is-no-ca',
    severity: 'warning',
    changes: ({ pki }) => ({ 'config root-CA': pki.hex('other.der') }),
    besides: ['missing-chain'],
  },
  {
    case: 'an intermediate CA left out',
    trap: 'missing-chain',
    severity: 'warning',
    changes: ({ pki }) => ({ 'config cert': pki.hex('below.der'), 'secret private_key': pki.hex('below.key.der') }),
  },
  {
    case: 'a CA that was made anew under the same name',
    trap: 'missing-chain',
    severity: 'warning',
    where: 'config cert',
    changes: ({ anew }) => ({ 'config root-CA': anew.hex('ca.der') }),
  },
  {
    case: 'a chain in the wrong order, or with a gap',
    trap: 'broken-chain',
    severity: 'error',
    where: 'config cert, certificate 2',
    changes: ({ pki }) => ({
      'config cert': pki.hex('below.der') + pki.hex('ca.der'),
      'secret private_key': pki.hex('below.key.der'),
    }),
  },
  {
    case: 'nine certificates',
    trap: 'too-many-certificates',
    severity: 'error',
    changes: ({ pki }) => ({ 'config root-CA': pki.hex('ca.der').repeat(9) }),
    besides: ['too-long-for-application', 'value-too-long', 'too-long-together'],
    foreignStore: true,
  },
  {
    case: 'a certificate for servers',
    trap: 'not-for-clients',
    severity: 'warning',
    changes: ({ pki }) => ({
      'config cert': pki.hex('for-servers.der'),
      'secret private_key': pki.hex('for-servers.key.der'),
    }),
  },
  {
    case: "a CA's certificate for the device",
    trap: 'ca-as-certificate',
    severity: 'warning',
    changes: ({ pki }) => ({ 'config cert': pki.hex('is-ca.der'), 'secret private_key': pki.hex('is-ca.key.der') }),
  },
];

export const TRAPS: Trap[] = [...NAMES, ...ADDRESS, ...TEXT, ...CREDENTIALS];

/** The place that a finding must name. */
export function placeOf({ where, changes }: Trap, material: Material): string {
  return where ?? Object.keys(changes(material))[0];
}

/** `config root-CA` in its parts. */
export function splitPlace(place: string): { store: 'config' | 'secret'; name: string } {
  const at = place.indexOf(' ');
  return { store: place.slice(0, at) as 'config' | 'secret', name: place.slice(at + 1) };
}
