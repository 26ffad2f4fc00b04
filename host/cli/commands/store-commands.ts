import { Command, Option } from 'commander';
import { dataOption, jsonOption, masterKeyCommandOption, storeOption } from '../options/shared-options.js';
import type { CopyFlags } from '../store/copy-action.js';
import type { ExportFlags } from '../store/export-action.js';
import type { ImportFlags } from '../store/import-action.js';
import type { StoreFlags } from '../store/opened-store.js';
import type { RotateKeyFlags } from '../store/rotate-key-action.js';

const EXAMPLES = `
Examples:
  wasmqtt store export backup.wqs                while wasmqtt cloud runs, encrypted by the master key
  wasmqtt store rotate-key                       a new master key, and every record sealed again
  wasmqtt store check                            is every record what was written?
  wasmqtt store import backup.wqs --data other   into an empty store

The master key is in the file store/master.key of the data folder, unless WASMQTT_MASTER_KEY holds it (64 hex digits, or base64) or
WASMQTT_MASTER_KEY_COMMAND prints it. Without it nobody can read the store or an export: keep a copy of it elsewhere.`;

const EXPORT_EXAMPLES = `
Examples:
  wasmqtt store export backup.wqs
  wasmqtt store export - --passphrase-file phrase.txt | ssh backup 'cat > backup.wqs'

It holds the store at one moment, and whatever runs goes on. It is encrypted, and any change of it is found before it is imported.
The master key is not in it.`;

const IMPORT_EXAMPLES = `
Examples:
  wasmqtt store import backup.wqs                          made with the master key of this store
  wasmqtt store import backup.wqs --key-file old.key       made with another master key
  wasmqtt store import backup.wqs --passphrase-file phrase.txt
  cat backup.wqs | wasmqtt store import - --merge

All records are written or none. A store that has the same data again needs the same master key only for exports that were
made with it.`;

const ROTATE_EXAMPLES = `
Examples:
  wasmqtt store rotate-key                       a new key in store/master.key
  wasmqtt store rotate-key --master-key-command "kms get old" --new-master-key-command "kms get new"
  wasmqtt store rotate-key --data-key-only       the same master key

wasmqtt cloud may run meanwhile. After an interruption, the same command goes on where it was. Bytes that the old key opens may
stay on the medium, and in exports and copies.`;

const COPY_EXAMPLES = `
Examples:
  wasmqtt store copy --from .wasmqtt/store --to postgres://wasmqtt@db.example.com/fleet
  wasmqtt store copy --from postgres://wasmqtt@db.example.com/fleet --to backup

The password of an address is better in PGPASSWORD. What is copied is what the store held at one moment; it may be in use.
Records stay sealed: the copy needs the same master key, which is not copied.`;

export function storeCommand(command: Command): void {
  command.addHelpText('after', EXAMPLES);
  shared(command.command('rotate-key').description('change the master key and the key of all records'))
    .option('--new-master-key-command <command>', 'prints the new master key, if the present one is not in a file')
    .option('--data-key-only', 'keep the master key')
    .addHelpText('after', ROTATE_EXAMPLES)
    .action(async (flags: RotateKeyFlags) => (await import('../store/rotate-key-action.js')).rotateKeyAction(flags));
  shared(command.command('export').description('write all records into one encrypted file'))
    .argument('<file>', 'file, or - for standard output')
    .addOption(passphraseOption())
    .addHelpText('after', EXPORT_EXAMPLES)
    .action(async (file: string, flags: ExportFlags) =>
      (await import('../store/export-action.js')).exportAction(file, flags),
    );
  shared(command.command('import').description('put all records of an export into a store, or none'))
    .argument('<file>', 'file, or - for standard input')
    .addOption(passphraseOption())
    .option('--key-file <file>', 'file with the master key of the export (default: that of the store)')
    .option('--merge', 'into a store that has records; those of the export replace others with the same key')
    .addHelpText('after', IMPORT_EXAMPLES)
    .action(async (file: string, flags: ImportFlags) =>
      (await import('../store/import-action.js')).importAction(file, flags),
    );
  shared(command.command('check').description('read every record and tell which are damaged')).action(
    async (flags: StoreFlags) => (await import('../store/check-action.js')).checkAction(flags),
  );
  command.addCommand(copyCommand());
}

function copyCommand(): Command {
  return new Command('copy')
    .description('copy all records to another place, a folder or PostgreSQL')
    .requiredOption('--from <place>', 'folder or postgres:// address')
    .requiredOption('--to <place>', 'folder or postgres:// address, which is made if it is not there')
    .option('--merge', 'the target may hold something: what has the same key is replaced, all else stays')
    .addOption(jsonOption())
    .addHelpText('after', COPY_EXAMPLES)
    .action(async (flags: CopyFlags) => (await import('../store/copy-action.js')).copyAction(flags));
}

function shared(command: Command): Command {
  return command
    .addOption(dataOption())
    .addOption(storeOption())
    .addOption(masterKeyCommandOption())
    .addOption(jsonOption());
}

function passphraseOption(): Option {
  return new Option('--passphrase-file <file>', 'its first line encrypts the export, not the master key');
}
