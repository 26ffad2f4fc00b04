import { type ApplicationOptions, BuildError, buildGuest } from '../../build-guest/index.js';
import { UserError } from '../process/user-error.js';

/**
 * Builds an application; what the compiler warns of goes to standard error.
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
    const { warnings, sources } = await buildGuest(folder, output, options);
    if (warnings) process.stderr.write(`${warnings}\n`);
    return sources;
  } catch (error) {
    if (error instanceof BuildError) throw new UserError(error.message);
    throw error;
  }
}
