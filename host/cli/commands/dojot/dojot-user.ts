import { Command, Option } from 'commander';
import type { DojotUserFlags, NewUserFlags } from '../../dojot/user-actions.js';
import { dataOption, jsonOption, masterKeyCommandOption, storeOption } from '../../options/shared-options.js';

const EXAMPLES = `
Examples:
  wasmqtt dojot user add user --tenant admin                 asks for the password
  echo password | wasmqtt dojot user add user --tenant admin --group user
  wasmqtt dojot user list`;

const load = () => import('../../dojot/user-actions.js');

export function dojotUserCommand(): Command {
  const user = new Command('user')
    .description("who may log in at dojot's PKI: POST /auth")
    .addHelpText('after', EXAMPLES);
  shared(user.command('add').description('add a user; the password is asked for, or read from standard input'))
    .argument('<name>', 'letters, digits and . _ @ -')
    .requiredOption('--tenant <tenant>', "whose devices are the user's: a-z 0-9 _")
    .addOption(
      new Option('--group <group>', 'admin may do everything, user may read and have certificates signed')
        .choices(['admin', 'user'])
        .default('admin'),
    )
    .action(async (name: string, flags: NewUserFlags) => (await load()).addUser(name, flags));
  shared(user.command('list').description('list all users')).action(async (flags: DojotUserFlags) =>
    (await load()).listUsers(flags),
  );
  shared(user.command('password').description('give a user another password'))
    .argument('<name>')
    .action(async (name: string, flags: DojotUserFlags) => (await load()).changePassword(name, flags));
  shared(user.command('delete').description('delete a user, whose tokens open nothing from then on'))
    .argument('<name>')
    .action(async (name: string, flags: DojotUserFlags) => (await load()).deleteUser(name, flags));
  return user;
}

function shared(command: Command): Command {
  return command
    .addOption(dataOption())
    .addOption(storeOption())
    .addOption(masterKeyCommandOption())
    .addOption(jsonOption());
}
