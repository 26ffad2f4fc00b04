import { Command } from 'commander';
import type { AccountFlags } from '../cloud/account-actions.js';
import { dataOption, jsonOption, masterKeyCommandOption, storeOption } from '../options/shared-options.js';

const EXAMPLES = `
Examples:
  wasmqtt cloud account create --name "Plant 2"
  wasmqtt cloud account list
  wasmqtt cloud account token AC0123456789abcdef0123456789abcdef`;

const load = () => import('../cloud/account-actions.js');

export function cloudAccountCommand(): Command {
  const account = new Command('account')
    .description('accounts of the store: each has values, devices, applications and API keys of its own')
    .addHelpText('after', EXAMPLES);
  account
    .command('create')
    .description('make an account; its token is shown once')
    .requiredOption('--name <name>', 'for people, 1 to 64 characters')
    .addOption(dataOption())
    .addOption(storeOption())
    .addOption(masterKeyCommandOption())
    .addOption(jsonOption())
    .action(async (flags: AccountFlags & { name: string }) => (await load()).createAccount(flags));
  account
    .command('list')
    .description('list all accounts')
    .addOption(dataOption())
    .addOption(storeOption())
    .addOption(masterKeyCommandOption())
    .addOption(jsonOption())
    .action(async (flags: AccountFlags) => (await load()).listAccounts(flags));
  account
    .command('delete')
    .description('delete an account, its API keys, values, devices, applications and logs')
    .argument('<sid>', 'AC and 32 hex digits')
    .addOption(dataOption())
    .addOption(storeOption())
    .addOption(masterKeyCommandOption())
    .addOption(jsonOption())
    .action(async (sid: string, flags: AccountFlags) => (await load()).deleteAccount(sid, flags));
  account
    .command('token')
    .description('give an account a new token, which is shown once; the old one opens nothing from then on')
    .argument('<sid>', 'AC and 32 hex digits')
    .addOption(dataOption())
    .addOption(storeOption())
    .addOption(masterKeyCommandOption())
    .addOption(jsonOption())
    .action(async (sid: string, flags: AccountFlags) => (await load()).renewToken(sid, flags));
  return account;
}
