import { type Command, Option } from 'commander';
import { jsonOption } from '../options/shared-options.js';
import type { PasswdFlags } from '../passwd/passwd-action.js';

const EXAMPLES = `
Examples:
  wasmqtt passwd -c passwords ann                a new file with one user; asks for the password
  wasmqtt passwd passwords bob                   one more user, or another password
  wasmqtt passwd -b passwords carol secret       the password on the command line, where others can see it
  wasmqtt passwd -D passwords bob
  wasmqtt passwd -U users.txt                    hashes the plain passwords of a file

The files are those of mosquitto_passwd: each program reads what the other wrote. A file is written whole or not at all. A running
broker takes it at SIGHUP. Without a terminal the password is the first line of standard input.`;

export function passwdCommand(command: Command): void {
  command
    .option('-b, --batch', 'take the password from the command line')
    .option('-c, --create', 'make a new file; one that is there is overwritten')
    .option('-D, --delete', 'delete the user')
    .option('-U, --upgrade', 'hash all plain passwords of the file')
    .addOption(
      new Option('-H, --hash <hash>', 'how passwords are hashed; sha512 is for Mosquitto 1.6 and earlier')
        .choices(['sha512', 'sha512-pbkdf2'])
        .default('sha512-pbkdf2'),
    )
    .addOption(jsonOption())
    .addHelpText('after', EXAMPLES)
    .action(async (file: string, name: string | undefined, password: string | undefined, flags: PasswdFlags) =>
      (await import('../passwd/passwd-action.js')).passwdAction(file, name, password, flags),
    );
}
