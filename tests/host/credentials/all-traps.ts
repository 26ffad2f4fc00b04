import { CREDENTIALS } from './credential-traps.js';
import { FITNESS } from './fitness-traps.js';
import type { Material } from './material.js';
import type { Trap } from './trap-case.js';

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
    case: 'a space after the host',
    trap: 'bad-host',
    severity: 'error',
    changes: () => ({ 'config broker-host': 'broker.example.com ' }),
  },
  { case: 'port 1883', trap: 'port-without-tls', severity: 'error', changes: () => ({ 'config broker-port': '1883' }) },
  {
    case: 'a port that is not a number',
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
    case: 'the hex of a file that PowerShell wrote',
    trap: 'hex-of-utf-16',
    severity: 'error',
    changes: (material) => ({ 'config cert': Buffer.from(pem(material, 'device.pem'), 'utf16le').toString('hex') }),
    besides: ['too-long-together'],
  },
  {
    case: 'PEM with a literal \\n for a certificate',
    trap: 'pem-in-value',
    severity: 'error',
    changes: (material) => ({ 'config cert': pem(material, 'device.pem').replaceAll('\n', '\\n') }),
  },
  {
    case: 'PEM behind text that begins with 0',
    trap: 'pem-in-value',
    severity: 'error',
    changes: (material) => ({ 'config root-CA': `0 s:CN = Interop CA\n${pem(material, 'ca.pem')}` }),
  },
  {
    case: 'a digit lost',
    trap: 'odd-hex',
    severity: 'error',
    where: 'secret private_key, character 3',
    changes: () => ({ 'secret private_key': '308' }),
  },
  {
    case: 'a newline after the hex',
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
    case: 'a newline after the password',
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

export const TRAPS: Trap[] = [...NAMES, ...ADDRESS, ...TEXT, ...CREDENTIALS, ...FITNESS];
