import { join } from 'node:path';
import { packageFolder } from '../../../core/index.js';
import type { Rewrite, WatchedRegisters } from '../../../microvisor/index.js';
import { startThread } from '../../process/young-generation.js';

/** What the thread begins with. */
export interface ResumableStart {
  bytes: Uint8Array;
  blocking: readonly string[];
  registers: WatchedRegisters | undefined;
}

/** MiB of stack: Binaryen goes down a function as deep as its expressions are nested. */
const STACK = 64;
/** Milliseconds after which the work is long. */
const LONG = 1000;

/**
 * Makes guests resumable in a thread of their own.
 *
 * @param stop ends the thread at once: the promise is rejected then
 * @param takesLong called once when the work takes longer than a second
 */
export function resumableInThread(stop: AbortSignal, takesLong: () => void): Rewrite {
  return async (bytes, blocking, registers) => {
    const start: ResumableStart = { bytes, blocking, registers };
    stop.throwIfAborted();
    const worker = startThread(join(packageFolder(), 'build/host/resumable-worker.js'), {
      workerData: start,
      resourceLimits: { stackSizeMb: STACK },
    });
    const timer = setTimeout(takesLong, LONG);
    let abort = () => {};
    try {
      return await new Promise<Uint8Array>((resolve, reject) => {
        abort = () => reject(stop.reason);
        stop.addEventListener('abort', abort);
        worker.on('message', resolve);
        worker.on('error', reject);
        worker.on('exit', () => reject(new Error('the thread that does it has ended')));
      });
    } finally {
      clearTimeout(timer);
      stop.removeEventListener('abort', abort);
      void worker.terminate();
    }
  };
}
