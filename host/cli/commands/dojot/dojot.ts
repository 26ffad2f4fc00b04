import { Command } from 'commander';
import { dojotPkiCommand } from './dojot-pki.js';
import { dojotUserCommand } from './dojot-user.js';

const EXAMPLES = `
Examples:
  wasmqtt dojot user add user --tenant admin
  wasmqtt dojot pki`;

export function dojotCommand(): Command {
  return new Command('dojot')
    .description('what dojot has around its broker: the PKI of devices, and its users')
    .enablePositionalOptions()
    .addCommand(dojotPkiCommand())
    .addCommand(dojotUserCommand())
    .addHelpText('after', EXAMPLES);
}
