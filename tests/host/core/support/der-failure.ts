import { DerError } from '../../../../host/core/index.js';

/** The DerError that is thrown. */
export function failure(use: () => unknown): DerError {
  try {
    use();
  } catch (error) {
    if (error instanceof DerError) return error;
    throw error;
  }
  throw new Error('no DerError was thrown');
}
