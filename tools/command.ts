// What the commands of the project have in common.
import process from 'node:process';

/** Wrong options or arguments: the command ends with exit code 2. */
export class UsageError extends Error {}

/** parseArgs of node:util throws errors of its own kind. */
function isUsageError(error: unknown): boolean {
  if (error instanceof UsageError) return true;
  const { code } = error as NodeJS.ErrnoException;
  return typeof code === 'string' && code.startsWith('ERR_PARSE_ARGS');
}

/** Runs a command. Its exit code is what `main` returns; 2 for wrong usage, 1 for any other error, which is printed. */
export async function runCommand(name: string, main: () => number | Promise<number>): Promise<void> {
  try {
    process.exitCode = await main();
  } catch (error) {
    console.error(`${name}: ${error instanceof Error ? error.message : error}`);
    process.exitCode = isUsageError(error) ? 2 : 1;
  }
}

/** The value of a numeric option, a whole number from `least` on. */
export function wholeNumber(option: string, text: string, least: number): number {
  const value = Number(text);
  if (text.trim() !== '' && Number.isSafeInteger(value) && value >= least) return value;
  throw new UsageError(`--${option} takes a whole number of at least ${least}, not "${text}"`);
}
