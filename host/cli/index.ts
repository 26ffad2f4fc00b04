#!/usr/bin/env node
import { createRequire } from 'node:module';
import { Command, CommanderError } from 'commander';
import { commandsFor } from './command-list.js';
import { coloursFor } from './output/colours.js';
import { UsageError } from './process/user-error.js';

const DONE = 0;
const FAILED = 1;
const WRONG_USAGE = 2;

async function program(words: readonly string[]): Promise<Command> {
  const { version } = createRequire(import.meta.url)('wasmqtt/package.json') as { version: string };
  const root = new Command('wasmqtt')
    .description('keeps Microvisor MQTT devices alive: system calls, stores, managed MQTT client and a TLS broker')
    .version(version)
    // Options after the name of a command are that command's: cloud and its commands have some of the same name.
    .enablePositionalOptions()
    .addHelpText('after', '\nExample:\n  wasmqtt run --for 10s');
  for (const command of await commandsFor(words)) root.addCommand(strict(command));
  return root.exitOverride().showHelpAfterError('(--help shows all commands)');
}

/** A wrong word is answered, and ends nothing by itself: in the commands below this one too. */
function strict(command: Command): Command {
  for (const inner of command.commands) strict(inner);
  return command.exitOverride().showHelpAfterError('(--help shows all options)');
}

async function main(): Promise<number> {
  try {
    const words = process.argv.slice(2);
    await (await program(words)).parseAsync(words, { from: 'user' });
    return DONE;
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? DONE : WRONG_USAGE;
    process.stderr.write(`${coloursFor(process.stderr).red('wasmqtt:')} ${sentenceOf(error)}\n`);
    return error instanceof UsageError ? WRONG_USAGE : FAILED;
  }
}

/** One sentence for what the user can fix. Anything else is a defect of ours and shows where it happened. */
function sentenceOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const isOurs = error.name !== 'Error' && error.constructor !== TypeError && error.constructor !== RangeError;
  return isOurs ? error.message.replace(/^wasmqtt: /, '') : `internal error, please report it: ${error.stack}`;
}

// A reader that goes away (head, less) is not an error.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error;
  process.exit(DONE);
});
process.exitCode = await main();
