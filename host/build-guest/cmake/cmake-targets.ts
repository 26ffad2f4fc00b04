import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { CMakeScope } from './cmake-scope.js';
import type { CMakeFolder } from './cmake-target.js';
import { filesLike } from './files-like.js';

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
/** The values without keywords. A generator expression is only known when CMake generates. */
function plainValues(run: CMakeFolder, values: readonly string[]): string[] {
  const isGenerated = (value: string) => value.includes('$<');
  const generated = values.find(isGenerated);
  if (generated !== undefined) run.unread(`the generator expression ${generated}`);
  return values.filter((value) => !KEYWORDS.has(value) && !isGenerated(value));
}

/** The definitions among options of a compiler. */
export const flagDefinitions = (flags: readonly string[]) =>
  flags.filter((flag) => /^-D\w/.test(flag)).map((flag) => flag.slice('-D'.length));

type Handler = (run: CMakeFolder, values: string[]) => void;

/** What the commands do that a build needs, by their names. */
export const HANDLERS: Readonly<Record<string, Handler>> = {
  set: ({ scope }, [name, ...values]) => {
    if (name === undefined) return;
    const isForParent = values.at(-1) === 'PARENT_SCOPE';
    const cache = values.indexOf('CACHE');
    const value = values.slice(0, isForParent ? -1 : cache < 0 ? undefined : cache).join(';');
    if (cache >= 0 && scope.get(name) !== undefined) return;
    (isForParent ? (scope.parent ?? scope) : scope).set(name, value);
  },
  unset: ({ scope }, [name]) => scope.unset(name),
  add_custom_command: (run, values) => {
    if (values.includes('OUTPUT')) run.unread('add_custom_command(OUTPUT)');
  },
  option: ({ scope }, [name, , value = 'OFF']) => {
    if (scope.get(name) === undefined) scope.set(name, value);
  },
  project: ({ scope, folder }, [name, ...rest]) => {
    const version = rest[rest.indexOf('VERSION') + 1];
    scope.set('PROJECT_NAME', name);
    scope.set('PROJECT_SOURCE_DIR', folder);
    if (rest.includes('VERSION')) scope.set('PROJECT_VERSION', version);
  },
  add_subdirectory: (run, [name]) => {
    const folder = run.path(name);
    if (existsSync(join(folder, 'CMakeLists.txt'))) run.readFolder(folder);
    else run.project.missing.push(folder);
  },
  include: (run, [name]) => {
    const path = run.path(name ?? '');
    if (/\.cmake$/.test(path) && existsSync(path)) run.readFile(path);
    else if (!/^(CMakeParseArguments|GNUInstallDirs|CTest|CheckCCompilerFlag|CMakePrintHelpers)$/.test(name)) {
      run.unread(`include(${name})`);
    }
  },
  add_executable: (run, [name, ...sources]) => {
    const target = run.target(name);
    target.isExecutable = true;
    target.sources.push(...plainValues(run, sources).map((source) => run.path(source)));
  },
  add_library: (run, [name, ...sources]) => {
    run.target(name).sources.push(...plainValues(run, sources).map((source) => run.path(source)));
  },
  target_sources: (run, [name, ...sources]) => {
    run.target(name).sources.push(...plainValues(run, sources).map((source) => run.path(source)));
  },
  target_link_libraries: (run, [name, ...links]) => {
    run.target(name).links.push(...plainValues(run, links));
  },
  add_compile_definitions: (run, values) => run.project.definitions.push(...plainValues(run, values)),
  target_compile_definitions: (run, [, ...values]) => run.project.definitions.push(...plainValues(run, values)),
  add_definitions: ({ project }, values) => project.definitions.push(...flagDefinitions(values)),
  add_compile_options: ({ project }, values) => project.definitions.push(...flagDefinitions(values)),
  target_compile_options: ({ project }, [, ...values]) => project.definitions.push(...flagDefinitions(values)),
  include_directories: (run, values) =>
    run.project.includes.push(...plainValues(run, values).map((value) => run.path(value))),
  target_include_directories: (run, [, ...values]) =>
    run.project.includes.push(...plainValues(run, values).map((value) => run.path(value))),
  file: (run, [verb, name, ...patterns]) => {
    if (verb !== 'GLOB' && verb !== 'GLOB_RECURSE') return run.unread(`file(${verb})`);
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
