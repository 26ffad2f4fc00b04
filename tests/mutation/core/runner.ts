// Runs cases of the suites on one module after another; run.ts starts it as a process of its own.
import fs from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { Script } from 'node:vm';
import { TestContext } from '@as-pect/core';
import { instantiateSync } from '@assemblyscript/loader';
import { collect } from '../bundles/in-process.js';
import { FUEL_MOST, fuelFor } from '../wasm/probes.js';

process.env.WASMQTT_CORE = 'small';
console.log = () => {};

const require = createRequire(import.meta.url);
const { Module, Instance } = WebAssembly;
const CORE = join('build', 'core.wasm');

/** The module in the place of build/core.wasm, as bytes and compiled, with all of its instances. */
const core = { bytes: undefined, module: undefined, instances: [], fuel: FUEL_MOST };
const others = new Map();

const { readFileSync } = fs;
fs.readFileSync = (path, ...rest) =>
  core.bytes && String(path).endsWith(CORE) ? core.bytes : readFileSync(path, ...rest);

WebAssembly.Module = new Proxy(Module, {
  construct(_, [bytes]) {
    if (bytes === core.bytes) return core.module;
    const key = `${bytes.length} ${Buffer.from(bytes).subarray(-64).toString('hex')}`;
    if (!others.has(key)) others.set(key, new Module(bytes));
    return others.get(key);
  },
});

WebAssembly.Instance = new Proxy(Instance, {
  construct(_, [module, imports]) {
    const instance = new Instance(module, imports);
    if (module === core.module) {
      instance.exports.g0.value = core.fuel | 0;
      core.instances.push(instance);
    }
    return instance;
  },
});

function load(bytes) {
  core.bytes = bytes;
  core.module = new Module(bytes);
  core.instances = [];
}

function refuel(fuel) {
  core.fuel = fuel;
  for (const { exports } of core.instances) exports.g0.value = fuel | 0;
}

/** The most that one instance has used. */
const used = () => Math.max(0, ...core.instances.map(({ exports }) => core.fuel - (exports.g0.value >>> 0)));
const isEmpty = () => core.instances.some(({ exports }) => exports.g0.value === 0);

/** The pieces of code that were run since they were last asked for. */
function takeMarks(pieces) {
  const marks = new BigUint64Array((pieces + 63) >> 6);
  for (const { exports } of core.instances) {
    marks.forEach((_, index) => {
      const global = exports[`g${index + 1}`];
      marks[index] |= BigInt.asUintN(64, global.value);
      global.value = 0n;
    });
  }
  return marks;
}

/** The cases of a bundle, on the module as it is loaded. */
function casesOfBundle(suite) {
  suite.program ??= new Script(`(function (require, module) {${suite.source}\n})`).runInThisContext();
  return collect(suite.program, require);
}

/** A spec is one case: its tests share what lies in memory. The first that fails ends it. */
function casesOfSpec({ file, binary }) {
  suiteModules[file] ??= new Module(binary);
  const body = () => {
    const { exports } = new WebAssembly.Instance(core.module, {});
    exports.memory.grow(64);
    const stop = (_, node) => {
      if (!node.pass) throw new Error(`${node.name}: ${node.message ?? ''}`);
    };
    const context = new TestContext({ fileName: file, reporter: { onEnter() {}, onExit: stop, onFinish() {} } });
    const imports = context.createImports({ env: { memory: exports.memory }, core: exports });
    context.run(instantiateSync(suiteModules[file], imports));
    if (!context.pass) throw new Error('did not pass');
  };
  return { cases: [{ name: 'all', body }], before: [], after: [] };
}

const suiteModules = {};
const casesOf = (suite) => (suite.kind === 'spec' ? casesOfSpec(suite) : casesOfBundle(suite));

let suites;
let baseline;

/** In which turn a case is tried: those of the first suites before all others, the slow ones last, the slowest never. */
function turnOf(suite, milliseconds, { slow, most }) {
  if (milliseconds > most) return -1;
  if (milliseconds > slow) return 2;
  return suite.isFirst ? 0 : 1;
}

/** Every case on the unchanged module: what it runs, and what it takes. */
async function measure({ bytes, pieces, limits }) {
  load(bytes);
  const found = [];
  for (const suite of suites) {
    refuel(FUEL_MOST);
    core.instances = [];
    const { cases, before, after } = casesOf(suite);
    for (const body of before) await body();
    const atLoad = takeMarks(pieces);
    const measured = [];
    for (const { name, body } of cases) {
      refuel(FUEL_MOST);
      const start = process.cpuUsage();
      let failure;
      try {
        await body();
      } catch (error) {
        failure = error.message;
      }
      const marks = takeMarks(pieces);
      if (suite.kind === 'spec') core.instances = [];
      const { user, system } = process.cpuUsage(start);
      const milliseconds = (user + system) / 1000;
      const fuel = fuelFor(used());
      measured.push({ name, fuel, milliseconds, failure, marks, turn: turnOf(suite, milliseconds, limits) });
    }
    for (const body of after) await body();
    found.push({ file: suite.file, atLoad, cases: measured });
    process.send({ progress: suite.file });
  }
  return found;
}

const has = (marks, piece) => ((marks[piece >> 6] >> BigInt(piece & 63)) & 1n) === 1n;

/** How the first case fails that fails; undefined when none does. */
async function firstFailure(suite, known, piece, turn) {
  const wanted = new Map(
    known.cases.filter((one) => one.turn === turn && has(one.marks, piece)).map((one) => [one.name, one]),
  );
  if (wanted.size === 0) return undefined;
  const killed = (name, error) => {
    const how = isEmpty() ? 'fuel' : error instanceof WebAssembly.RuntimeError ? 'trap' : 'assertion';
    return { by: `${suite.file}: ${name}`, how, message: String(error.message).slice(0, 200) };
  };
  core.instances = [];
  refuel(FUEL_MOST >>> 4);
  let current = 'loading';
  let after = [];
  try {
    const loaded = casesOf(suite);
    ({ after } = loaded);
    for (const body of loaded.before) await body();
    for (const { name, body } of loaded.cases) {
      const one = wanted.get(name);
      if (!one) continue;
      current = name;
      refuel(one.fuel);
      await body();
      // A trap for want of fuel that the test took for a refusal.
      if (isEmpty()) throw new WebAssembly.RuntimeError('out of fuel');
    }
  } catch (error) {
    return killed(current, error);
  } finally {
    for (const body of after) await body();
  }
  return undefined;
}

async function tryMutant({ bytes, piece, turns }) {
  try {
    load(bytes);
  } catch (error) {
    return { invalid: error.message };
  }
  for (const turn of turns) {
    for (const [index, suite] of suites.entries()) {
      const failure = await firstFailure(suite, baseline[index], piece, turn);
      if (failure) return failure;
    }
  }
  return {};
}

// A test that goes on after it failed, and a parent that is gone.
process.on('unhandledRejection', () => {});
process.on('error', () => process.exit());
process.on('disconnect', () => process.exit());
process.on('message', async (message) => {
  if (message.suites) suites = message.suites;
  if (message.baseline) baseline = message.baseline;
  if (message.measure) {
    const answer = await measure(message.measure).then(
      (found) => ({ baseline: found }),
      (error) => ({ failure: error.message }),
    );
    process.send(answer);
  }
  if (message.mutant) process.send({ id: message.mutant.id, result: await tryMutant(message.mutant) });
});
