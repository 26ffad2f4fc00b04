import { readFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { blocksOf, type CMakeBlock, type CMakeNode, isBlock, withTexts } from './cmake-blocks.js';
import { type CMakeArgument, type CMakeCommand, readCommands } from './cmake-commands.js';
import { holds } from './cmake-condition.js';
import { changeVariables } from './cmake-lists.js';
import { loopValues } from './cmake-loop.js';
import type { CMakeScope } from './cmake-scope.js';
import type { CMakeFolder, CMakeProject, CMakeTarget } from './cmake-target.js';
import { HANDLERS } from './cmake-targets.js';

/** How running commands has ended: at their end, or by one of the commands that leave a loop or a function. */
type End = 'end' | 'break' | 'continue' | 'return';

/** A function or a macro. */
interface Definition {
  isMacro: boolean;
  params: string[];
  body: CMakeNode[];
  file: string;
}

/** What all folders of a project have in common. */
interface Shared {
  project: CMakeProject;
  root: string;
  definitions: Map<string, Definition>;
  /** How many functions are under way. */
  depth: number;
}

const DEEPEST = 100;
const MOST_ROUNDS = 10_000;

/** What a build here has no use for. */
const WITHOUT_MEANING =
  /^(cmake_minimum_required|cmake_policy|message|enable_language|set_property|set_(target|source_files|directory)_properties|(target_)?(add_)?link_(options|directories|libraries)|add_link_options|install|enable_testing|add_test|include_guard|mark_as_advanced|add_custom_target|add_dependencies|target_compile_features|source_group|export|find_program)$/;

/** One folder while it is read. */
export class CMakeRun implements CMakeFolder {
  readonly folder: string;
  readonly scope: CMakeScope;
  readonly #shared: Shared;
  /** Where the command stands that runs. */
  #file = '';
  #line = 0;

  private constructor(shared: Shared, folder: string, scope: CMakeScope) {
    this.#shared = shared;
    this.folder = folder;
    this.scope = scope;
    scope.set('CMAKE_CURRENT_SOURCE_DIR', folder);
    scope.set('CMAKE_CURRENT_LIST_DIR', folder);
    scope.set('CMAKE_CURRENT_BINARY_DIR', join(folder, 'build'));
  }

  /** Reads the folder of a project, and those that it adds. @throws Error with file and line */
  static read(project: CMakeProject, folder: string, scope: CMakeScope): void {
    const shared = { project, root: folder, definitions: new Map(), depth: 0 };
    new CMakeRun(shared, folder, scope).readFile(join(folder, 'CMakeLists.txt'));
  }

  get project(): CMakeProject {
    return this.#shared.project;
  }

  readFolder(folder: string): void {
    new CMakeRun(this.#shared, folder, this.scope.below()).readFile(join(folder, 'CMakeLists.txt'));
  }

  readFile(path: string): void {
    let nodes: CMakeNode[];
    try {
      nodes = blocksOf(readCommands(readFileSync(path, 'utf8')));
    } catch (error) {
      throw new Error(`${path}: ${(error as Error).message}`);
    }
    const folder = this.scope.get('CMAKE_CURRENT_LIST_DIR')!;
    this.scope.set('CMAKE_CURRENT_LIST_DIR', dirname(path));
    this.#runIn(path, nodes);
    this.scope.set('CMAKE_CURRENT_LIST_DIR', folder);
  }

  path(name: string): string {
    return resolve(this.folder, name);
  }

  target(name: string): CMakeTarget {
    const target = this.project.targets.get(name) ?? { name, isExecutable: false, sources: [], links: [] };
    this.project.targets.set(name, target);
    return target;
  }

  unread(what: string): void {
    const place = `${relative(this.#shared.root, this.#file)}:${this.#line}`;
    const note = `${place}: ${what}`;
    if (!this.project.unread.includes(note)) this.project.unread.push(note);
  }

  /** Runs what stands in a file. */
  #runIn(file: string, nodes: readonly CMakeNode[]): End {
    const [outerFile, outerLine] = [this.#file, this.#line];
    this.#file = file;
    const end = this.#run(nodes);
    [this.#file, this.#line] = [outerFile, outerLine];
    return end;
  }

  #run(nodes: readonly CMakeNode[]): End {
    for (const node of nodes) {
      this.#line = node.line;
      const end = isBlock(node) ? this.#block(node) : this.#command(node);
      if (end !== 'end') return end;
    }
    return 'end';
  }

  #block({ block, parts }: CMakeBlock): End {
    const [{ args, body }] = parts;
    switch (block) {
      case 'if': {
        const taken = parts.find(
          (part, index) => (index > 0 && part.args.length === 0) || holds(this.scope, part.args),
        );
        return taken ? this.#run(taken.body) : 'end';
      }
      case 'foreach':
        return this.#foreach(args, body);
      case 'while':
        return this.#while(args, body);
      case 'block':
        return this.#run(body);
      default:
        this.#define(block === 'macro', args, body);
        return 'end';
    }
  }

  #foreach(args: readonly CMakeArgument[], body: readonly CMakeNode[]): End {
    const [variable, ...rest] = this.scope.values(args);
    const values = loopValues(this.scope, rest);
    if (!values) {
      this.unread('this form of foreach');
      return 'end';
    }
    const before = this.scope.get(variable);
    for (const value of values) {
      this.scope.set(variable, value);
      const end = this.#run(body);
      if (end === 'return') return end;
      if (end === 'break') break;
    }
    if (before === undefined) this.scope.unset(variable);
    else this.scope.set(variable, before);
    return 'end';
  }

  #while(args: readonly CMakeArgument[], body: readonly CMakeNode[]): End {
    for (let round = 0; holds(this.scope, args); round++) {
      if (round === MOST_ROUNDS) this.#fail(`a while has gone round ${MOST_ROUNDS} times`);
      const end = this.#run(body);
      if (end === 'return') return end;
      if (end === 'break') break;
    }
    return 'end';
  }

  #define(isMacro: boolean, args: readonly CMakeArgument[], body: CMakeNode[]): void {
    const [name, ...params] = this.scope.values(args);
    if (name !== undefined)
      this.#shared.definitions.set(name.toLowerCase(), { isMacro, params, body, file: this.#file });
  }

  #command({ name, args }: CMakeCommand): End {
    if (name === 'break' || name === 'continue' || name === 'return') return name;
    const values = this.scope.values(args);
    const definition = this.#shared.definitions.get(name);
    if (definition) return this.#call(name, definition, values);
    if (Object.hasOwn(HANDLERS, name)) HANDLERS[name](this, values);
    else if (!WITHOUT_MEANING.test(name) && !this.#changeVariables(name, values)) {
      this.unread(values.length > 0 && /^(list|string)$/.test(name) ? `${name}(${values[0]})` : name);
    }
    return 'end';
  }

  #changeVariables(name: string, values: readonly string[]): boolean {
    try {
      return changeVariables(this.scope, this.folder, name, values);
    } catch (error) {
      return this.#fail((error as Error).message);
    }
  }

  #call(name: string, { isMacro, params, body, file }: Definition, values: readonly string[]): End {
    const shared = this.#shared;
    if (shared.depth === DEEPEST) this.#fail(`${name} calls itself more than ${DEEPEST} times`);
    shared.depth++;
    const given = new Map<string, string>([
      ['ARGC', String(values.length)],
      ['ARGV', values.join(';')],
      ['ARGN', values.slice(params.length).join(';')],
      ...values.map((value, index): [string, string] => [`ARGV${index}`, value]),
      ...params.map((param, index): [string, string] => [param, values[index] ?? '']),
    ]);
    let end: End = 'end';
    if (isMacro) {
      // Its body stands where it is called, and a return in it leaves the caller.
      const textOf = (text: string) => text.replace(/\$\{(\w+)\}/g, (all, word) => given.get(word) ?? all);
      end = this.#runIn(file, withTexts(body, textOf));
    } else {
      const run = new CMakeRun(shared, this.folder, this.scope.below());
      for (const [param, value] of given) run.scope.set(param, value);
      run.#runIn(file, body);
    }
    shared.depth--;
    return end === 'return' ? end : 'end';
  }

  #fail(reason: string): never {
    throw new Error(`${this.#file}: line ${this.#line}: ${reason}`);
  }
}
