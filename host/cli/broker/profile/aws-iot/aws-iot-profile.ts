import { Option } from 'commander';
import { collect, parsePort } from '../../../options/option-parsers.js';
import { type Profile, stateOption } from '../profile.js';

const EXAMPLES = [
  'wasmqtt broker --profile aws-iot --policy policy.json --thing lamp-1',
  '                                               as AWS IoT Core does, on port 8883; refusals name the statement and the edit',
  'wasmqtt broker --profile aws-iot --things things.json --alpn-port 8443',
  '                                               a fleet: things, certificates, groups and policies of a file',
];

/** `wasmqtt broker --profile aws-iot`. */
export const awsIotProfile: Profile = {
  name: 'aws-iot',
  examples: EXAMPLES,
  options: () => [
    new Option('--policy <file>', 'policy document of the certificate of --thing; again for more').argParser(collect),
    new Option('--thing <name>', 'a thing, with a certificate of the development PKI or that of --cert'),
    new Option('--cert <file>', 'certificate of --thing, PEM or DER, of any issuer; again for more').argParser(collect),
    new Option('--things <file>', 'JSON: things, certificates, groups and policies'),
    new Option(
      '--alpn-port <port>',
      'another port, for clients that say x-amzn-mqtt-ca (ALPN), as on port 443',
    ).argParser((text) => parsePort(text, true)),
    new Option('--data <dir>', 'folder of the development PKI (default: .wasmqtt)'),
    stateOption(),
    new Option('--unlimited-rates', 'leave out the limits of CONNECT and PUBLISH per second'),
  ],
  open: async (flags) => (await import('./aws-iot-source.js')).openAwsIot(flags),
};
