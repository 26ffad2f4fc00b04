import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';

/** Milliseconds that a process has to end by itself. */
const TIMEOUT = 15_000;

/** Ends a process as a service manager does: asked first, then made to. */
export async function stopProcess(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null || child.pid === undefined) return;
  const exited = once(child, 'exit');
  child.kill('SIGTERM');
  const timer = setTimeout(() => child.kill('SIGKILL'), TIMEOUT);
  await exited;
  clearTimeout(timer);
}
