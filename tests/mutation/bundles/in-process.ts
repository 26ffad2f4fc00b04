// What a bundle of a vitest file finds under the name "vitest". It collects the tests, which run when they are asked for.
import { format } from 'node:util';
import { Script } from 'node:vm';
import {
  ASYMMETRIC_MATCHERS_OBJECT,
  chai,
  JestAsymmetricMatchers,
  JestChaiExpect,
  JestExtend,
  setState,
} from '@vitest/expect';

export type Body = (...values: unknown[]) => unknown;

export interface Case {
  name: string;
  body: Body;
}

/** What a test file defines: its cases, and what runs before and after all of them. */
export interface TestFile {
  cases: Case[];
  before: Body[];
  after: Body[];
}

export type Require = (name: string) => unknown;

/** A bundle as a function. */
export type Program = (require: Require, module: { exports: object }, exports?: object) => void;

/** Bundles find the stand-in for vitest here, and @vitest/expect keeps its matchers in the global object. */
const shared = globalThis as unknown as { inProcess?: object } & Record<symbol, object>;

for (const plugin of [JestExtend, JestChaiExpect, JestAsymmetricMatchers]) chai.use(plugin);

const expect = Object.assign((value: unknown, message?: string) => chai.expect(value, message), chai.expect);
Object.assign(expect, shared[ASYMMETRIC_MATCHERS_OBJECT]);
// The type is that of vitest's own `expect`, which has more than the tests use.
setState({ assertionCalls: 0, testPath: '', environment: 'node' }, expect as unknown as Parameters<typeof setState>[1]);

/** The name of one case of `each`: close to that of vitest, and always the same. */
function nameOf(title: string, row: unknown, values: readonly unknown[]): string {
  const fields = title.replace(/\$(\w+)/g, (_, key) => String((row as Record<string, unknown> | undefined)?.[key]));
  return format(fields, ...values.slice(0, (fields.match(/%[sdijo]/g) ?? []).length));
}

type Define = (title: string, ...rest: unknown[]) => void;

/** `describe.each` and `it.each`. */
const each = (define: Define) => (rows: readonly unknown[]) => (title: string, body: Body, options?: unknown) => {
  for (const row of rows) {
    const values = Array.isArray(row) ? row : [row];
    define(nameOf(title, row, values), (...none: unknown[]) => body(...values, ...none), options);
  }
};

/** What a bundle finds under the name vitest. */
export const NAMES = ['describe', 'it', 'beforeAll', 'afterAll', 'expect'] as const;

/** A stand-in for vitest, and what it finds. */
function collector() {
  const found: TestFile = { cases: [], before: [], after: [] };
  const groups: string[] = [];
  const describe: Define = (title, body) => {
    groups.push(title);
    (body as Body)();
    groups.pop();
  };
  const it: Define = (title, ...rest) => {
    const body = rest.find((one): one is Body => typeof one === 'function');
    if (body) found.cases.push({ name: [...groups, title].join(' > '), body });
  };
  const vitest: Record<(typeof NAMES)[number], unknown> = {
    describe: Object.assign(describe, { each: each(describe) }),
    it: Object.assign(it, { each: each(it) }),
    beforeAll: (body: Body) => found.before.push(body),
    afterAll: (body: Body) => found.after.push(body),
    expect,
  };
  return { found, vitest };
}

/** A bundle as a function that can be called any number of times. */
export function programOf(source: string): Program {
  return new Script(`(function (require, module, exports) {${source}\n})`).runInThisContext() as Program;
}

/** Runs a bundle and returns what it exports. `vitest` replaces the stand-in. */
export function load<T>(source: string, require: Require, vitest: object = collector().vitest): T {
  shared.inProcess = vitest;
  const module = { exports: {} };
  programOf(source)(require, module, module.exports);
  return module.exports as T;
}

/** Runs the bundle of a test file and returns what the file defines. */
export function collect(program: Program, require: Require): TestFile {
  const { found, vitest } = collector();
  shared.inProcess = vitest;
  program(require, { exports: {} });
  return found;
}
