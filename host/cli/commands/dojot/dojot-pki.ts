import { Command, InvalidArgumentError, Option } from 'commander';
import type { DojotPkiFlags } from '../../dojot/pki-action.js';
import { collect, parseDuration, parsePort, parseValidity } from '../../options/option-parsers.js';
import {
  dataOption,
  forOption,
  jsonOption,
  masterKeyCommandOption,
  storeOption,
} from '../../options/shared-options.js';

const EXAMPLES = `
Example, with dojot's own commands:
  wasmqtt dojot user add user --tenant admin
  wasmqtt dojot pki
  export DOJOT_URL=http://localhost:8000 CA_NAME=IOTmidCA
  curl -X POST \${DOJOT_URL}/auth -H 'Content-Type:application/json' -d '{"username": "user", "passwd": "password"}'

The CA and its key are made with the first start, and kept in the store. The internal port asks for no token, as in dojot, and is
on loopback alone. Generation 1 has the calls of EJBCA's wrapper, 2 and 3 those of x509-identity-mgmt.`;

export function dojotPkiCommand(): Command {
  return new Command('pki')
    .description("serve dojot's PKI: log-in, entities, certificates, CAs, CRLs and revocation over REST")
    .option('--host <address>', 'address to listen on; beyond this machine only with TLS (default 127.0.0.1)')
    .option('--port <port>', 'port (default 8000); 0 for any free one', (text) => parsePort(text, true))
    .option(
      '--internal-port <port>',
      'port for services, without tokens (default 5583, generations 2 and 3: 3000); off for none',
      parseInternalPort,
    )
    .addOption(new Option('--generation <number>', "of dojot's calls").choices(['1', '2', '3']).default('1'))
    .option('--validity <days>', 'of certificates (default 2, generations 2 and 3: 365)', parseValidity)
    .option('--token-lifetime <duration>', 'of tokens (default 7m)', parseDuration)
    .option('--tls-cert <file>', 'certificate of the server, PEM, its intermediates after it: HTTPS and nothing else')
    .option('--tls-key <file>', 'its private key, PEM; both are read again when they change')
    .option('--beyond-loopback', 'let other machines connect without TLS: passwords and tokens can be read on the way')
    .option(
      '--allow-host-name <name>',
      'name under which clients may ask, besides addresses and localhost; repeatable',
      collect,
    )
    .option('--trust-proxy <address>', 'proxy, or subnet of them, whose X-Forwarded headers hold; repeatable', collect)
    .addOption(forOption())
    .addOption(dataOption())
    .addOption(storeOption())
    .addOption(masterKeyCommandOption())
    .addOption(jsonOption())
    .addHelpText('after', EXAMPLES)
    .action(async (flags: DojotPkiFlags) => (await import('../../dojot/pki-action.js')).dojotPkiAction(flags));
}

function parseInternalPort(text: string): number | 'off' {
  if (text === 'off') return text;
  try {
    return parsePort(text, true);
  } catch {
    throw new InvalidArgumentError('Give a port from 0 to 65535, or off.');
  }
}
