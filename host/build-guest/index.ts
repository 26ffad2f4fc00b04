/** Builds applications of Microvisor in C and C++ into guests. */
import { type BuildResult, compileApplication } from './compile-application.js';
import { type ApplicationOptions, readApplication } from './read-application.js';

export { BuildError, type BuildErrorCode } from './build-error.js';
export type { BuildResult } from './compile-application.js';
export type { ApplicationOptions } from './read-application.js';

/**
 * Builds the application in a folder into a guest for `wasmqtt run --guest`.
 *
 * @param output the module to write; its folder is made
 * @throws BuildError
 */
export async function buildGuest(
  folder: string,
  output: string,
  options: Partial<ApplicationOptions> = {},
): Promise<BuildResult & { sources: readonly string[]; unread: readonly string[] }> {
  const all = { sources: [], definitions: [], includes: [], environment: process.env, ...options };
  const project = readApplication(folder, all);
  const { sources, unread } = project;
  return { ...(await compileApplication(project, output)), sources, unread };
}
