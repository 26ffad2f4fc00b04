// What a bundle of a vitest file finds under the name "vitest": the tests are noted, and run when they are asked for.
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

for (const plugin of [JestExtend, JestChaiExpect, JestAsymmetricMatchers]) chai.use(plugin);

const expect = Object.assign((value, message) => chai.expect(value, message), chai.expect);
Object.assign(expect, globalThis[ASYMMETRIC_MATCHERS_OBJECT]);
setState({ assertionCalls: 0, testPath: '', environment: 'node' }, expect);

/** The name of one case of `each`, near enough to that of vitest: all that counts is that it is the same each time. */
function nameOf(title, row, values) {
  const fields = title.replace(/\$(\w+)/g, (_, key) => String(row?.[key]));
  return format(fields, ...values.slice(0, (fields.match(/%[sdijo]/g) ?? []).length));
}

/** Collects the tests of one file. */
function collector() {
  const found = { cases: [], before: [], after: [] };
  const groups = [];
  const each =
    (define) =>
    (rows) =>
    (title, body, ...options) => {
      for (const row of rows) {
        const values = Array.isArray(row) ? row : [row];
        define(nameOf(title, row, values), (...none) => body(...values, ...none), ...options);
      }
    };
  function describe(title, body) {
    groups.push(title);
    body();
    groups.pop();
  }
  function it(title, ...rest) {
    const body = rest.find((one) => typeof one === 'function');
    found.cases.push({ name: [...groups, title].join(' > '), body });
  }
  return {
    found,
    vitest: {
      describe: Object.assign(describe, { each: each(describe) }),
      it: Object.assign(it, { each: each(it) }),
      beforeAll: (body) => found.before.push(body),
      afterAll: (body) => found.after.push(body),
      expect,
    },
  };
}

/** Runs a bundle and gives what it exports; what it finds as vitest may be another thing. */
export function load(source, require, vitest = collector().vitest) {
  globalThis.inProcess = vitest;
  const module = { exports: {} };
  new Script(`(function (require, module, exports) {${source}\n})`).runInThisContext()(require, module, module.exports);
  return module.exports;
}

/** Runs a bundle and gives what its file defines: `cases`, and what goes `before` and `after` all of them. */
export function collect(program, require) {
  const { found, vitest } = collector();
  globalThis.inProcess = vitest;
  program(require, { exports: {} });
  return found;
}
