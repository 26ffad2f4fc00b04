// A test runner of Stryker: bundles of the test files that run in its process, made anew for every mutant, so that nothing that
// one mutant leaves behind is seen by the next.
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import process from 'node:process';
import { Script } from 'node:vm';
import { commonTokens, declareClassPlugin, PluginKind } from '@stryker-mutator/api/plugin';
import {
  DryRunStatus,
  determineHitLimitReached,
  TestStatus,
  toMutantRunResult,
} from '@stryker-mutator/api/test-runner';
import { bundle } from '../bundles/bundle.js';
import { collect } from '../bundles/in-process.js';
import { rememberedExecFileSync } from './remembered-commands.js';

const FOLDERS = ['tests/host/core', 'tests/host/mqtt-packet'];
/** What starts processes of Node, does not go through host/core, or takes long for what it adds. */
const LEFT_OUT =
  /(^tests\/host\/mqtt-packet\/differential|\/(aedes|call-vectors|der-(chain|mutation|vectors|work)|exactly-once|exports|heap|hex-builds|instructions|module|mqttjs|package|plain-text|publish-header))\.test\.ts$/;
/** Milliseconds of a processor. Tests that take longer come after all others, and those that take very long not at all. */
const LIMITS = { slow: 40, most: 200 };
/** Milliseconds after which a test of a mutant is in a loop without an end; on the sources as they are it may take its time. */
const ENDLESS = 5000;
const PATIENCE = 120_000;
/** In the sandbox: the slow tests, as the first run found them, which is in one of the processes. */
const SLOW_FILE = 'slow-tests.json';
/** Runs of a property: enough for what is wrong every few times. */
const RUNS = '30';

const ownRequire = createRequire(import.meta.url);
/** What the bundles get: openssl makes each key and certificate once. */
function require(name) {
  const found = ownRequire(name);
  return name === 'node:child_process' ? { ...found, execFileSync: rememberedExecFileSync } : found;
}

// What Stryker has put into the sources keeps its state here.
globalThis.__stryker__ ??= {};
const state = globalThis.__stryker__;

/** Calls `state.body`: a script is the only thing that can be stopped from outside. */
const call = new Script('globalThis.__stryker__.body()');

/** Milliseconds that this process has had of a processor. */
function processorTime() {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
}

class HostRunner {
  static inject = [commonTokens.options];
  #suites = [];
  #slow;

  capabilities() {
    return { reloadEnvironment: true };
  }

  /** Compiles the test files of the sandbox, which is the working directory. */
  async init() {
    process.env.WASMQTT_RUNS ??= RUNS;
    console.log = () => {};
    const filesOf = (folder) => readdirSync(folder, { recursive: true });
    const files = FOLDERS.flatMap((folder) => filesOf(folder).map((name) => `${folder}/${name.replaceAll('\\', '/')}`));
    for (const file of files.filter((name) => name.endsWith('.test.ts') && !LEFT_OUT.test(name))) {
      const source = await bundle(join(process.cwd(), file));
      const program = new Script(`(function (require, module) {${source}\n})`).runInThisContext();
      this.#suites.push({ file, program });
    }
  }

  /** Every test on the sources as they are: what it runs, and how long it takes. */
  async dryRun() {
    state.mutantCoverage = { static: {}, perTest: {} };
    const all = [];
    for (const suite of this.#suites)
      await run(suite, { isWanted: () => true, timeout: PATIENCE, onResult: (test) => all.push(test) });
    const { mutantCoverage } = state;
    const isTried = ({ timeSpentMs, status }) => timeSpentMs <= LIMITS.most || status === TestStatus.Failed;
    const tests = all.filter(isTried);
    const slow = tests.filter(({ timeSpentMs }) => timeSpentMs > LIMITS.slow).map(({ id }) => id);
    for (const test of all) if (!isTried(test)) delete mutantCoverage.perTest[test.id];
    writeFileSync(SLOW_FILE, JSON.stringify(slow));
    return { status: DryRunStatus.Complete, tests, mutantCoverage };
  }

  /** The tests that reach the mutant, the quick ones first, until one fails. */
  async mutantRun({ activeMutant, testFilter, hitLimit, mutantActivation, disableBail }) {
    this.#slow ??= new Set(JSON.parse(readFileSync(SLOW_FILE, 'utf8')));
    const wanted = testFilter && new Set(testFilter);
    const tests = [];
    const activate = () => Object.assign(state, { activeMutant: activeMutant.id, hitCount: 0, hitLimit });
    const isLast = (test) => !disableBail && test.status === TestStatus.Failed;
    const turns = [false, true].flatMap((isSlow) => this.#suites.map((suite) => ({ suite, isSlow })));
    for (const { suite, isSlow } of turns) {
      Object.assign(state, { activeMutant: undefined, hitCount: undefined, hitLimit: undefined });
      if (mutantActivation === 'static') activate();
      const isWanted = (id) => this.#slow.has(id) === isSlow && (!wanted || wanted.has(id));
      await run(suite, { isWanted, onLoad: activate, onResult: (test) => tests.push(test), isLast });
      const isEndless = tests.some(({ code }) => code === 'ERR_SCRIPT_EXECUTION_TIMEOUT');
      const isOver = isEndless ? { status: DryRunStatus.Timeout } : determineHitLimitReached(state.hitCount, hitLimit);
      if (isOver) return toMutantRunResult(isOver);
      if (tests.some(isLast)) break;
    }
    return toMutantRunResult({ status: DryRunStatus.Complete, tests });
  }
}

/** Runs the wanted tests of one file. A file that does not load counts as its first test. */
async function run(suite, { isWanted, timeout = ENDLESS, onLoad, onResult, isLast = () => false }) {
  const { file, program } = suite;
  const idOf = (index) => `${file}#${index}`;
  if (suite.count && !Array.from({ length: suite.count }, (_, index) => idOf(index)).some(isWanted)) return;
  const result = (index, name, start, error) => ({
    id: idOf(index),
    code: error?.code,
    name: `${file}: ${name}`,
    fileName: join(process.cwd(), file),
    timeSpentMs: processorTime() - start,
    ...(error
      ? { status: TestStatus.Failed, failureMessage: String(error?.message ?? error).slice(0, 300) }
      : { status: TestStatus.Success }),
  });
  const start = processorTime();
  let after = [];
  try {
    const { cases, before, after: last } = collect(program, require);
    after = last;
    suite.count = cases.length;
    for (const body of before) await body();
    onLoad?.();
    for (const [index, { name, body }] of cases.entries()) {
      if (!isWanted(idOf(index))) continue;
      const begin = processorTime();
      state.currentTestId = idOf(index);
      let failure;
      try {
        state.body = body;
        await call.runInThisContext({ timeout });
      } catch (error) {
        failure = error;
      }
      state.currentTestId = undefined;
      const test = result(index, name, begin, failure);
      onResult(test);
      if (isLast(test)) break;
    }
  } catch (error) {
    onResult(result(0, 'loading', start, error));
  } finally {
    for (const body of after) await body();
  }
}

// A test that goes on after it failed.
process.on('unhandledRejection', () => {});

export const strykerPlugins = [declareClassPlugin(PluginKind.TestRunner, 'in-process', HostRunner)];
