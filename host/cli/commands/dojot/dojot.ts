import { Command } from 'commander';
import { k2vCommand, v2kCommand } from './dojot-bridges.js';
import { dojotPkiCommand } from './dojot-pki.js';
import { dojotUserCommand } from './dojot-user.js';

const EXAMPLES = `
Examples:
  wasmqtt dojot user add user --tenant admin
  wasmqtt dojot pki
  wasmqtt dojot v2k`;

export function dojotCommand(): Command {
  return new Command('dojot')
    .description('what dojot has around its broker: the PKI of devices, its users, and the bridges to Kafka')
    .enablePositionalOptions()
    .addCommand(dojotPkiCommand())
    .addCommand(dojotUserCommand())
    .addCommand(v2kCommand())
    .addCommand(k2vCommand())
    .addHelpText('after', EXAMPLES);
}
