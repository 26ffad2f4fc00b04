import { Option } from 'commander';
import { parsePort } from '../../../options/option-parsers.js';
import { type Profile, type ProfileFlags, stateOption } from '../profile.js';

function options(): Option[] {
  return [
    new Option(
      '--generation <number>',
      'of dojot, and of --bridges: 1 as in early 2020, 2 v0.5, 3 from v0.6 (default: 1)',
    ).choices(['1', '2', '3']),
    new Option('--tls-port <port>', 'port for devices with certificates (default: 8883)').argParser(port),
    new Option('--services-port <port>', 'port for the bridges in generation 3 (default: 9883)').argParser(port),
    new Option('--tls-host <address>', 'address of these ports, 0.0.0.0 for all (default: 127.0.0.1)'),
    new Option(
      '--certificates <folder>',
      'cert.pem, key.pem, ca.pem and, if there is one, crl.pem, read again when they change (default: ask the PKI)',
    ),
    stateOption(),
  ];
}

const port = (text: string) => parsePort(text, true);

export const dojotProfile: Profile = {
  name: 'dojot',
  options,
  examples: [
    'EJBCA_ADDRESS=localhost:5583 wasmqtt broker --profile dojot',
    '                                               dojot\'s broker: certificate and CRL from "wasmqtt dojot pki"',
    'PLUGIN_DISC_LIFETIME_SESSION=60000 wasmqtt broker --profile dojot --certificates certs',
    '                                               the same by files; devices are disconnected after a minute',
  ],
  open: async (flags: ProfileFlags) => new (await import('./dojot-source.js')).DojotSource(flags),
};
