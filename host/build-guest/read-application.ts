import { existsSync, readdirSync } from 'node:fs';
import { basename, dirname, extname, join, relative, resolve, sep } from 'node:path';
import { BuildError } from './build-error.js';
import { readCMake } from './cmake/cmake-project.js';
import type { CMakeProject, CMakeTarget } from './cmake/cmake-target.js';
import { languageOf } from './compile-flags.js';
import type { GuestProject } from './guest-project.js';

export interface ApplicationOptions {
  /** More sources than CMake names, or all of them where there is no CMakeLists.txt. */
  sources: readonly string[];
  /** `NAME` or `NAME=value`: for the compiler and as variables of CMake. */
  definitions: readonly string[];
  includes: readonly string[];
  environment: Readonly<Record<string, string | undefined>>;
}

/** Folders of what the board has in its own way: HAL, FreeRTOS, CMSIS, ST's start-up. */
const LEFT_OUT_FOLDERS =
  /^(ST_Code|FreeRTOS.*|CMSIS.*|Drivers|Middlewares|STM32U5xx_HAL_Driver|twilio-microvisor-hal-.*|.*[-_]hal[-_]stm32.*)$/i;
/** Files of that kind that stand beside an application's own. */
const LEFT_OUT_FILES = /^(startup_.*|system_stm32.*|syscalls\.c|sysmem\.c|.*\.(s|S|asm|ld))$/;
/** Folders that hold no sources of the application. */
const NO_SOURCES = /^(\.git|build|node_modules)$/;

/**
 * Finds out what an application is made of.
 *
 * @throws BuildError ('bad-project') that names what is missing
 */
export function readApplication(folder: string, options: ApplicationOptions): GuestProject {
  const root = resolve(folder);
  const given = options.sources.map((source) => resolve(source));
  if (!existsSync(root)) throw new BuildError('bad-project', `there is no folder ${folder}`);
  const cmake = existsSync(join(root, 'CMakeLists.txt')) ? cmakeOf(root, options) : undefined;
  if (!cmake && given.length === 0) {
    throw new BuildError('bad-project', `${folder} has no CMakeLists.txt; name its sources with --source`);
  }
  const isOwn = (path: string) => !isLeftOut(root, path);
  const named = cmake ? sourcesOf(cmake).filter((source) => isOwn(source) && languageOf(source) !== undefined) : [];
  const sources = [...new Set([...named, ...given])];
  checkThere(root, sources, (cmake?.missing ?? []).filter(isOwn));
  const headers = foldersWithHeaders(root).filter(isOwn);
  const includes = [
    ...options.includes.map((include) => resolve(include)),
    ...(cmake?.includes ?? []).filter((path) => isOwn(path) && existsSync(path)),
  ];
  return {
    sources,
    definitions: [...new Set([...(cmake?.definitions ?? []), ...options.definitions])],
    includes: [...new Set(includes)],
    otherIncludes: [...headers, ...configFolder(root, headers)].filter((path) => !includes.includes(path)),
    unread: cmake?.unread ?? [],
    generated: (cmake?.configured ?? []).map(({ path, text }) => ({ name: basename(path), text })),
  };
}

function cmakeOf(root: string, { definitions, environment }: ApplicationOptions): CMakeProject {
  const variables = definitions.map((definition): [string, string] => {
    const [name, ...value] = definition.split('=');
    return [name, value.length > 0 ? value.join('=') : '1'];
  });
  try {
    return readCMake(root, Object.fromEntries(variables), environment);
  } catch (error) {
    throw new BuildError('bad-project', (error as Error).message);
  }
}

/** The sources of the executables and of the libraries that they are linked with. */
function sourcesOf({ targets }: CMakeProject): string[] {
  const seen = new Set<CMakeTarget>();
  const visit = (target: CMakeTarget | undefined) => {
    if (!target || seen.has(target)) return;
    seen.add(target);
    for (const name of target.links) visit(targets.get(name));
  };
  for (const target of targets.values()) if (target.isExecutable) visit(target);
  return [...seen].flatMap(({ sources }) => sources);
}

/** @param path a file or a folder: what has an ending is a file, whose own name may be like one of those folders */
function isLeftOut(root: string, path: string): boolean {
  const isFile = extname(path) !== '';
  const folders = relative(root, isFile ? dirname(path) : path).split(sep);
  return folders.some((folder) => LEFT_OUT_FOLDERS.test(folder)) || (isFile && LEFT_OUT_FILES.test(basename(path)));
}

function checkThere(root: string, sources: readonly string[], missing: readonly string[]): void {
  const absent = [...missing, ...sources.filter((source) => !existsSync(source))];
  if (absent.length > 0) {
    const names = absent.map((path) => relative(root, path)).join(', ');
    throw new BuildError(
      'bad-project',
      `CMakeLists.txt names what is not there: ${names}; if it is a submodule, run "git submodule update --init --recursive"`,
    );
  }
  if (sources.length === 0) {
    throw new BuildError('bad-project', 'CMakeLists.txt names no source in C or C++ of an executable; use --source');
  }
}

/** Folders in which headers lie, the upper ones first. */
function foldersWithHeaders(root: string): string[] {
  const found: string[] = [];
  const visit = (folder: string) => {
    const entries = readdirSync(folder, { withFileTypes: true });
    if (entries.some((entry) => entry.isFile() && /\.(h|hpp)$/.test(entry.name))) found.push(folder);
    for (const entry of entries)
      if (entry.isDirectory() && !NO_SOURCES.test(entry.name)) visit(join(folder, entry.name));
  };
  visit(root);
  return found;
}

/** The folder of the application's FreeRTOSConfig.h, when it lies among what is left out. */
function configFolder(root: string, own: readonly string[]): string[] {
  if (own.some((folder) => existsSync(join(folder, 'FreeRTOSConfig.h')))) return [];
  const hasConfig = (folder: string) =>
    existsSync(join(folder, 'FreeRTOSConfig.h')) && !existsSync(join(folder, 'FreeRTOS.h'));
  return foldersWithHeaders(root).filter(hasConfig).slice(0, 1);
}
