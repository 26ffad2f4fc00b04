import { statSync } from 'node:fs';
import { basename, join, resolve } from 'node:path';
import { buildApplication } from '../../build-guest/build-application.js';
import { UsageError } from '../../process/user-error.js';

/**
 * Builds the application that a run names by its folder.
 *
 * @param data where the module is kept
 * @returns the file of the module
 * @throws UserError when it cannot be built; UsageError when there is no such folder
 */
export async function builtGuest(folder: string, data: string): Promise<string> {
  if (!statSync(folder, { throwIfNoEntry: false })?.isDirectory()) {
    throw new UsageError(
      `there is no folder ${folder}; name the folder of an application in C or C++, or give options`,
    );
  }
  const output = join(data, 'guests', `${basename(resolve(folder))}.wasm`);
  await buildApplication(folder, output);
  return output;
}
