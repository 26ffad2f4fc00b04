import type { Command } from 'commander';
import { k2vCommand, v2kCommand } from './dojot-bridges.js';
import { dojotPkiCommand } from './dojot-pki.js';
import { dojotUserCommand } from './dojot-user.js';

const EXAMPLES = `
Examples:
  wasmqtt dojot user add user --tenant admin
  wasmqtt dojot pki
  wasmqtt dojot v2k`;

export function dojotCommand(command: Command): void {
  command
    .enablePositionalOptions()
    .addCommand(dojotPkiCommand())
    .addCommand(dojotUserCommand())
    .addCommand(v2kCommand())
    .addCommand(k2vCommand())
    .addHelpText('after', EXAMPLES);
}
