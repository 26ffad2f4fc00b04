import { join } from 'node:path';
import { type ApplicationOptions, BuildError, buildGuest } from '../../build-guest/index.js';
import { UserError } from '../process/user-error.js';

/**
 * Builds an application; what is not read of its CMakeLists.txt and what the compiler warns of go to standard error.
 *
 * @returns its sources
 * @throws UserError when it cannot be built
 */
export async function buildApplication(
  folder: string,
  output: string,
  options?: Partial<ApplicationOptions>,
): Promise<readonly string[]> {
  try {
    const { warnings, sources, unread } = await buildGuest(folder, output, options);
    for (const note of unread)
      process.stderr.write(`${join(folder, note)} is not read; see to it that the build does not need it\n`);
    if (warnings) process.stderr.write(`${warnings}\n`);
    return sources;
  } catch (error) {
    if (error instanceof BuildError) throw new UserError(error.message);
    throw error;
  }
}
