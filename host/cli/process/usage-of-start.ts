import { CloudStartError } from '../../cloud/index.js';
import { UsageError } from './user-error.js';

/** What options of a server say of each other is wrong usage here. @throws UsageError, and what was thrown */
export function usageOfStart(error: unknown): never {
  if (error instanceof CloudStartError && error.code === 'options') throw new UsageError(error.message);
  throw error;
}
