import { Command, Option } from 'commander';
import type { KeyFlags } from '../cloud/key-actions.js';
import { dataOption, jsonOption, masterKeyCommandOption, storeOption } from '../options/shared-options.js';

const EXAMPLES = `
Examples:
  wasmqtt cloud key create --name "build server"
  wasmqtt cloud key create --name dashboard --read-only
  curl --fail --silent http://127.0.0.1:8180/v1/Configs -u \${TWILIO_API_KEY}:\${TWILIO_API_SECRET}`;

const load = () => import('../cloud/key-actions.js');

export function cloudKeyCommand(): Command {
  const key = new Command('key')
    .description('API keys of an account: user name and password of the REST calls for one program each')
    .addHelpText('after', EXAMPLES);
  key
    .command('create')
    .description('make a key; its secret is shown once')
    .requiredOption('--name <name>', 'for people, 1 to 64 characters')
    .option('--read-only', 'it may read and change nothing')
    .addOption(accountOption())
    .addOption(dataOption())
    .addOption(storeOption())
    .addOption(masterKeyCommandOption())
    .addOption(jsonOption())
    .action(async (flags: KeyFlags & { name: string; readOnly?: boolean }) => (await load()).createKey(flags));
  key
    .command('list')
    .description('list the keys of an account')
    .addOption(accountOption())
    .addOption(dataOption())
    .addOption(storeOption())
    .addOption(masterKeyCommandOption())
    .addOption(jsonOption())
    .action(async (flags: KeyFlags) => (await load()).listKeys(flags));
  key
    .command('delete')
    .description('delete a key; it opens nothing from then on')
    .argument('<sid>', 'SK and 32 hex digits')
    .addOption(accountOption())
    .addOption(dataOption())
    .addOption(storeOption())
    .addOption(masterKeyCommandOption())
    .addOption(jsonOption())
    .action(async (sid: string, flags: KeyFlags) => (await load()).deleteKey(sid, flags));
  return key;
}

function accountOption(): Option {
  return new Option('--account <sid>', 'AC and 32 hex digits (default: that of the environment or of the store)');
}
