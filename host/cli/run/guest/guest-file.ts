import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { compileGuest, fileModuleCache, type GuestModule, servedCalls, stm32u585 } from '../../../microvisor/index.js';
import { reasonOf } from '../../../node/reason.js';
import { UserError } from '../../process/user-error.js';
import { resumableInThread } from '../resumable/resumable-in-thread.js';

/** The guest of a run, before it was read. */
export interface GuestFile {
  file: string;
  /** The folder in which blocking guests are kept as they were made ready. */
  data: string;
  /** Bytes of memory that a guest may have. */
  memoryLimit?: number;
}

/**
 * Reads, checks and compiles the guest of a run.
 *
 * @param stop ends it at once
 * @throws UserError when it cannot be read or cannot be a guest, and when it was stopped
 */
export async function readGuestFile({ file, data, memoryLimit }: GuestFile, stop: AbortSignal): Promise<GuestModule> {
  const bytes = readBytes(file);
  const cache = fileModuleCache(join(data, 'guests'));
  const takesLong = () =>
    process.stderr.write(`${file}: is made ready to wait in its calls, once; this may take some seconds\n`);
  const rewrite = resumableInThread(stop, takesLong);
  const options = { calls: servedCalls(), board: stm32u585(), cache, memoryLimit, rewrite };
  const module = await compileGuest(bytes, options).catch((error: Error) => {
    if (stop.aborted) throw new UserError('the run was ended before the guest was ready');
    throw new UserError(describeUnloadable(file, error.message));
  });
  // Each device makes its board: a model cannot go to another thread.
  return { ...module, board: undefined };
}

/** Whether the guest can connect to a broker: a run of one that cannot does not fail because it did not. */
export function canConnect({ imports }: GuestModule): boolean {
  return imports.some(({ name }) => name === 'mvMqttRequestConnect');
}

function readBytes(file: string): Uint8Array {
  try {
    return readFileSync(file);
  } catch (error) {
    const isMissing = (error as NodeJS.ErrnoException).code === 'ENOENT';
    const reason = isMissing ? 'there is no such file' : reasonOf(error);
    throw new UserError(`${file}: the guest cannot be read: ${reason}; give a .wasm file with --guest`);
  }
}

/** Replaces what the engine says about bytes that are not a module, which does not help. Lists of imports do help. */
function describeUnloadable(file: string, message: string): string {
  if (message.includes('not a WebAssembly module')) {
    return `${file}: is not a WebAssembly module; give a .wasm file with --guest`;
  }
  return `${file}: ${message}`;
}
