import { spawn } from 'node:child_process';
import { UserError } from '../process/user-error.js';

/** What the process in the background says to the one that started it. */
export type DaemonMessage = { readonly listening: true } | { readonly failed: string };

/**
 * Starts this program again in the background, without a terminal, and resolves when its broker listens.
 *
 * @param args of the command line, without `-d`
 * @throws UserError when it ended before: with the reason that it gave
 */
export async function startDaemon(args: readonly string[]): Promise<void> {
  const child = spawn(process.execPath, [...process.execArgv, process.argv[1], ...args], {
    detached: true,
    stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
  });
  await new Promise<void>((resolve, reject) => {
    child.on('error', reject);
    child.on('message', (message: DaemonMessage) => {
      if ('failed' in message) reject(new UserError(message.failed));
      else resolve();
    });
    child.on('exit', (code) => reject(new UserError(`the broker ended with exit code ${code} before it listened`)));
  }).finally(() => {
    child.removeAllListeners();
    if (child.connected) child.disconnect();
    child.unref();
  });
}

/** Says to whoever started this process in the background how it went; nothing when nobody did. */
export function tellStarter(message: DaemonMessage): Promise<void> {
  return new Promise((resolve) => {
    if (!process.send) return resolve();
    process.send(message, undefined, undefined, () => {
      if (process.connected) process.disconnect();
      resolve();
    });
  });
}
