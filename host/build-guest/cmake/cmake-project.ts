import { existsSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { type CMakeArgument, type CMakeCommand, readCommands } from './cmake-commands.js';
import { holds } from './cmake-condition.js';
import { CMakeScope } from './cmake-scope.js';
import { filesLike } from './files-like.js';

/** A target: an executable or a library. Paths are absolute. */
export interface CMakeTarget {
  name: string;
  isExecutable: boolean;
  sources: string[];
  links: string[];
}

/** What the CMakeLists.txt of a folder, and of those that it adds, says. */
export interface CMakeProject {
  targets: Map<string, CMakeTarget>;
  definitions: string[];
  includes: string[];
  /** Made by configure_file: the path that it is made at, and its text. */
  configured: { path: string; text: string }[];
  /** What is not there: a folder that is added, a file that is configured. */
  missing: string[];
}

const KEYWORDS = new Set([
  'PUBLIC',
  'PRIVATE',
  'INTERFACE',
  'STATIC',
  'SHARED',
  'OBJECT',
  'SYSTEM',
  'BEFORE',
  'AFTER',
  'EXCLUDE_FROM_ALL',
  'WIN32',
  'LINK_PUBLIC',
  'LINK_PRIVATE',
]);
const plainValues = (values: readonly string[]) =>
  values.filter((value) => !KEYWORDS.has(value) && !value.includes('$<'));

type Handler = (run: CMakeRun, values: string[], args: readonly CMakeArgument[]) => void;

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
  const project: CMakeProject = { targets: new Map(), definitions: [], includes: [], configured: [], missing: [] };
  const scope = new CMakeScope(environment);
  for (const [name, value] of Object.entries(variables)) scope.set(name, value);
  scope.set('CMAKE_SOURCE_DIR', folder);
  scope.set('CMAKE_BINARY_DIR', join(folder, 'build'));
  new CMakeRun(project, folder, scope).readFolder();
  const flags = ['C', 'CXX'].map((language) => scope.get(`CMAKE_${language}_FLAGS`) ?? '').join(' ');
  project.definitions.push(...flagDefinitions(flags.split(/\s+/)));
  return project;
}

const flagDefinitions = (flags: readonly string[]) =>
  flags.filter((flag) => /^-D\w/.test(flag)).map((flag) => flag.slice('-D'.length));

/** Blocks that are left out. */
const LEFT_OUT = new Set(['function', 'macro', 'foreach', 'while']);

/** One folder while it is read. */
class CMakeRun {
  readonly project: CMakeProject;
  readonly folder: string;
  readonly scope: CMakeScope;

  constructor(project: CMakeProject, folder: string, scope: CMakeScope) {
    this.project = project;
    this.folder = folder;
    this.scope = scope;
    scope.set('CMAKE_CURRENT_SOURCE_DIR', folder);
    scope.set('CMAKE_CURRENT_LIST_DIR', folder);
    scope.set('CMAKE_CURRENT_BINARY_DIR', join(folder, 'build'));
  }

  readFolder(): void {
    this.readFile(join(this.folder, 'CMakeLists.txt'));
  }

  readFile(path: string): void {
    let commands: CMakeCommand[];
    try {
      commands = readCommands(readFileSync(path, 'utf8'));
    } catch (error) {
      throw new Error(`${path}: ${(error as Error).message}`);
    }
    this.#run(commands);
  }

  path(name: string): string {
    return resolve(this.folder, name);
  }

  target(name: string): CMakeTarget {
    const target = this.project.targets.get(name) ?? { name, isExecutable: false, sources: [], links: [] };
    this.project.targets.set(name, target);
    return target;
  }

  /** Runs commands; those in a branch that is not taken, in functions and in loops are left out. */
  #run(commands: readonly CMakeCommand[]): void {
    /** For each `if` that is open: whether its branch is taken now, and whether one was. */
    const branches: { taken: boolean; done: boolean }[] = [];
    let leftOut = 0;
    for (const { name, args } of commands) {
      if (LEFT_OUT.has(name)) leftOut++;
      if (LEFT_OUT.has(name.replace(/^end/, '')) && name.startsWith('end')) leftOut--;
      if (leftOut > 0) continue;
      const outer = branches.slice(0, -1).every(({ taken }) => taken);
      const branch = branches.at(-1);
      if (name === 'if') {
        const taken = (branch?.taken ?? true) && outer && holds(this.scope, args);
        branches.push({ taken, done: taken });
      } else if (name === 'endif') branches.pop();
      else if (branch && (name === 'elseif' || name === 'else')) {
        branch.taken = outer && !branch.done && (name === 'else' || holds(this.scope, args));
        branch.done ||= branch.taken;
      } else if (branches.every(({ taken }) => taken)) HANDLERS[name]?.(this, this.scope.values(args), args);
    }
  }
}

const HANDLERS: Readonly<Record<string, Handler>> = {
  set: ({ scope }, [name, ...values]) => {
    if (name === undefined) return;
    const isForParent = values.at(-1) === 'PARENT_SCOPE';
    const cache = values.indexOf('CACHE');
    const value = values.slice(0, isForParent ? -1 : cache < 0 ? undefined : cache).join(';');
    if (cache >= 0 && scope.get(name) !== undefined) return;
    (isForParent ? (scope.parent ?? scope) : scope).set(name, value);
  },
  unset: ({ scope }, [name]) => scope.unset(name),
  option: ({ scope }, [name, , value = 'OFF']) => {
    if (scope.get(name) === undefined) scope.set(name, value);
  },
  list: ({ scope }, [verb, name, ...values]) => {
    if (verb === 'APPEND') scope.set(name, [scope.get(name) ?? '', ...values].filter(Boolean).join(';'));
  },
  project: ({ scope, folder }, [name, ...rest]) => {
    const version = rest[rest.indexOf('VERSION') + 1];
    scope.set('PROJECT_NAME', name);
    scope.set('PROJECT_SOURCE_DIR', folder);
    if (rest.includes('VERSION')) scope.set('PROJECT_VERSION', version);
  },
  add_subdirectory: (run, [name]) => {
    const folder = run.path(name);
    if (existsSync(join(folder, 'CMakeLists.txt'))) new CMakeRun(run.project, folder, run.scope.below()).readFolder();
    else run.project.missing.push(folder);
  },
  include: (run, [name]) => {
    const path = run.path(name ?? '');
    if (/\.cmake$/.test(path) && existsSync(path)) run.readFile(path);
  },
  add_executable: (run, [name, ...sources]) => {
    const target = run.target(name);
    target.isExecutable = true;
    target.sources.push(...plainValues(sources).map((source) => run.path(source)));
  },
  add_library: (run, [name, ...sources]) => {
    run.target(name).sources.push(...plainValues(sources).map((source) => run.path(source)));
  },
  target_sources: (run, [name, ...sources]) => {
    run.target(name).sources.push(...plainValues(sources).map((source) => run.path(source)));
  },
  target_link_libraries: (run, [name, ...links]) => {
    run.target(name).links.push(...plainValues(links));
  },
  add_compile_definitions: ({ project }, values) => project.definitions.push(...plainValues(values)),
  target_compile_definitions: ({ project }, [, ...values]) => project.definitions.push(...plainValues(values)),
  add_definitions: ({ project }, values) => project.definitions.push(...flagDefinitions(values)),
  add_compile_options: ({ project }, values) => project.definitions.push(...flagDefinitions(values)),
  target_compile_options: ({ project }, [, ...values]) => project.definitions.push(...flagDefinitions(values)),
  include_directories: (run, values) =>
    run.project.includes.push(...plainValues(values).map((value) => run.path(value))),
  target_include_directories: (run, [, ...values]) =>
    run.project.includes.push(...plainValues(values).map((value) => run.path(value))),
  file: (run, [verb, name, ...patterns]) => {
    if (verb !== 'GLOB' && verb !== 'GLOB_RECURSE') return;
    const wanted = patterns.filter((pattern) => pattern !== 'CONFIGURE_DEPENDS');
    const found = wanted.flatMap((pattern) => filesLike(run.path(pattern), verb === 'GLOB_RECURSE'));
    run.scope.set(name, found.join(';'));
  },
  configure_file: (run, [input, output, ...options]) => {
    const path = run.path(input);
    if (!existsSync(path)) run.project.missing.push(path);
    else {
      const text = readFileSync(path, 'utf8');
      run.project.configured.push({ path: run.path(output), text: configure(run.scope, text, options) });
    }
  },
};

/** The text of a file that configure_file makes. */
function configure(scope: CMakeScope, text: string, options: readonly string[]): string {
  const marked = text
    .replace(
      /^(\s*)#cmakedefine01\s+(\w+).*$/gm,
      (_, space, name) => `${space}#define ${name} ${scope.get(name) ? 1 : 0}`,
    )
    .replace(/^(\s*)#cmakedefine\s+(\w+)(.*)$/gm, (_, space, name, rest) =>
      scope.get(name) ? `${space}#define ${name}${rest}` : `/* #undef ${name} */`,
    )
    .replace(/@(\w+)@/g, (_, name) => scope.get(name) ?? '');
  return options.includes('@ONLY') ? marked : scope.expand(marked);
}
