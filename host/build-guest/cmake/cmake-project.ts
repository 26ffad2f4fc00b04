import { join } from 'node:path';
import { CMakeRun } from './cmake-run.js';
import { CMakeScope } from './cmake-scope.js';
import type { CMakeProject } from './cmake-target.js';
import { flagDefinitions } from './cmake-targets.js';

/**
 * Reads the CMakeLists.txt of a folder.
 *
 * @param variables as given by -D
 * @throws Error with file and line for what is no CMake
 */
export function readCMake(
  folder: string,
  variables: Readonly<Record<string, string>>,
  environment: Readonly<Record<string, string | undefined>>,
): CMakeProject {
  const project: CMakeProject = {
    targets: new Map(),
    definitions: [],
    includes: [],
    configured: [],
    missing: [],
    unread: [],
  };
  const scope = new CMakeScope(environment);
  for (const [name, value] of Object.entries(variables)) scope.set(name, value);
  scope.set('CMAKE_SOURCE_DIR', folder);
  scope.set('CMAKE_BINARY_DIR', join(folder, 'build'));
  CMakeRun.read(project, folder, scope);
  const flags = ['C', 'CXX'].map((language) => scope.get(`CMAKE_${language}_FLAGS`) ?? '').join(' ');
  project.definitions.push(...flagDefinitions(flags.split(/\s+/)));
  return project;
}
