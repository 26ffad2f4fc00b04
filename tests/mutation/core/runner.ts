// Runs cases of the suites on one module after another. pool.ts starts it as a process of its own.
import { createRequire } from 'node:module';
import process from 'node:process';
import { TestContext } from '@as-pect/core';
import { instantiateSync } from '@assemblyscript/loader';
import { type WasmMemory, type WasmModule, wasm } from '../../webassembly.js';
import { type Body, collect, type Program, programOf, type TestFile } from '../bundles/in-process.js';
import { FUEL_MOST, fuelFor } from '../wasm/probes.js';
import { core, standIn } from './stand-in-core.js';
import type {
  Answer,
  Limits,
  MeasuredCase,
  MeasuredSuite,
  MeasureRequest,
  Message,
  MutantRequest,
  Suite,
  Trial,
  Turn,
} from './trial.js';

process.env.WASMQTT_CORE = 'small';
console.log = () => {};

const require = createRequire(import.meta.url);
standIn();

type VitestSuite = Extract<Suite, { kind: 'vitest' }>;
type SpecSuite = Extract<Suite, { kind: 'spec' }>;

const programs = new Map<string, Program>();
const specs = new Map<string, WasmModule>();

/** What `make` returned the first time. */
function once<T>(known: Map<string, T>, key: string, make: () => T): T {
  const found = known.get(key) ?? make();
  known.set(key, found);
  return found;
}

/** The cases of a bundle, on the module that is loaded. */
function casesOfBundle({ file, source }: VitestSuite): TestFile {
  return collect(
    once(programs, file, () => programOf(source)),
    require,
  );
}

/** A spec is one case: its tests share what lies in memory. The first that fails ends it. */
function casesOfSpec({ file, binary }: SpecSuite): TestFile {
  const module = once(specs, file, () => new wasm.Module(binary));
  const body: Body = () => {
    const { exports } = new wasm.Instance(core.module, {});
    const memory = exports.memory as WasmMemory;
    memory.grow(64);
    const stop = (_: unknown, node: { pass: boolean; name: string; message?: string | null }) => {
      if (!node.pass) throw new Error(`${node.name}: ${node.message ?? ''}`);
    };
    const context = new TestContext({
      fileName: file,
      reporter: { stdout: null, stderr: null, onEnter() {}, onExit: stop, onFinish() {} },
    });
    const imports = context.createImports({ env: { memory }, core: exports });
    context.run(instantiateSync(module, imports));
    if (!context.pass) throw new Error('did not pass');
  };
  return { cases: [{ name: 'all', body }], before: [], after: [] };
}

const casesOf = (suite: Suite): TestFile => (suite.kind === 'spec' ? casesOfSpec(suite) : casesOfBundle(suite));

const messageOf = (error: unknown): string => String((error as Error)?.message ?? error);

function turnOf(suite: Suite, milliseconds: number, { slow, most }: Limits): Turn | undefined {
  if (milliseconds > most) return undefined;
  if (milliseconds > slow) return 2;
  return suite.isFirst ? 0 : 1;
}

async function measureCase(suite: Suite, body: Body, pieces: number): Promise<Omit<MeasuredCase, 'name' | 'turn'>> {
  core.refuel(FUEL_MOST);
  const start = process.cpuUsage();
  let failure: string | undefined;
  try {
    await body();
  } catch (error) {
    failure = messageOf(error);
  }
  const marks = core.takeMarks(pieces);
  if (suite.kind === 'spec') core.forgetInstances();
  const { user, system } = process.cpuUsage(start);
  return { fuel: fuelFor(core.used()), milliseconds: (user + system) / 1000, failure, marks };
}

async function measureSuite(suite: Suite, { pieces, limits }: MeasureRequest): Promise<MeasuredSuite> {
  core.refuel(FUEL_MOST);
  core.forgetInstances();
  const { cases, before, after } = casesOf(suite);
  for (const body of before) await body();
  core.takeMarks(pieces);
  const measured: MeasuredCase[] = [];
  for (const { name, body } of cases) {
    const found = await measureCase(suite, body, pieces);
    measured.push({ name, ...found, turn: turnOf(suite, found.milliseconds, limits) });
  }
  for (const body of after) await body();
  return { file: suite.file, cases: measured };
}

/** Every case on the unchanged module: what it runs, and how long it takes. */
async function measure(suites: readonly Suite[], request: MeasureRequest): Promise<MeasuredSuite[]> {
  core.load(request.bytes);
  const found: MeasuredSuite[] = [];
  for (const suite of suites) {
    found.push(await measureSuite(suite, request));
    answer({ progress: suite.file });
  }
  return found;
}

const has = (marks: BigUint64Array, piece: number): boolean => ((marks[piece >> 6] >> BigInt(piece & 63)) & 1n) === 1n;

/** How the first case fails that fails; undefined when none does. */
async function firstFailure(suite: Suite, known: MeasuredSuite, piece: number, turn: Turn): Promise<Trial | undefined> {
  const wanted = new Map(
    known.cases.filter((one) => one.turn === turn && has(one.marks, piece)).map((one) => [one.name, one]),
  );
  if (wanted.size === 0) return undefined;
  core.forgetInstances();
  core.refuel(FUEL_MOST >>> 4);
  let current = 'loading';
  let after: Body[] = [];
  try {
    const loaded = casesOf(suite);
    ({ after } = loaded);
    for (const body of loaded.before) await body();
    for (const { name, body } of loaded.cases) {
      const one = wanted.get(name);
      if (!one) continue;
      current = name;
      core.refuel(one.fuel);
      await body();
      // The test may have taken a trap for want of fuel for a refusal.
      if (core.isEmpty()) throw new wasm.RuntimeError('out of fuel');
    }
  } catch (error) {
    const how = core.isEmpty() ? 'fuel' : error instanceof wasm.RuntimeError ? 'trap' : 'assertion';
    return { by: `${suite.file}: ${current}`, how, message: messageOf(error).slice(0, 200) };
  } finally {
    for (const body of after) await body();
  }
  return undefined;
}

async function tryMutant(
  suites: readonly Suite[],
  baseline: readonly MeasuredSuite[],
  { bytes, piece, turns }: MutantRequest,
): Promise<Trial> {
  try {
    core.load(bytes);
  } catch (error) {
    return { invalid: messageOf(error) };
  }
  for (const turn of turns) {
    for (const [index, suite] of suites.entries()) {
      const failure = await firstFailure(suite, baseline[index], piece, turn);
      if (failure) return failure;
    }
  }
  return {};
}

let suites: Suite[] = [];
let baseline: MeasuredSuite[] = [];

const answer = (message: Answer): void => {
  process.send?.(message);
};

async function onMessage(message: Message): Promise<void> {
  if ('suites' in message) ({ suites } = message);
  if ('baseline' in message) ({ baseline } = message);
  if ('measure' in message) {
    answer(
      await measure(suites, message.measure).then(
        (found) => ({ baseline: found }),
        (error) => ({ failure: messageOf(error) }),
      ),
    );
  }
  if ('mutant' in message) answer({ result: await tryMutant(suites, baseline, message.mutant) });
}

// A test that goes on after it failed, and a parent that is gone.
process.on('unhandledRejection', () => {});
process.on('error', () => process.exit());
process.on('disconnect', () => process.exit());
process.on('message', onMessage);
