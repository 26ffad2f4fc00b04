// A test runner of Stryker. It runs bundles of the test files in its own process, and loads them again for every mutant, so that no
// mutant sees what another has left behind.
import { readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import process from 'node:process';
import { Script } from 'node:vm';
import type { MutantCoverage } from '@stryker-mutator/api/core';
import { commonTokens, declareClassPlugin, PluginKind } from '@stryker-mutator/api/plugin';
import {
  type CompleteDryRunResult,
  DryRunStatus,
  determineHitLimitReached,
  type MutantRunOptions,
  type MutantRunResult,
  type TestResult,
  type TestRunner,
  type TestRunnerCapabilities,
  TestStatus,
  toMutantRunResult,
} from '@stryker-mutator/api/test-runner';
import { bundle } from '../bundles/bundle.js';
import { type Body, collect, type Program, programOf, type Require } from '../bundles/in-process.js';
import { rememberedExecFileSync } from './remembered-commands.js';
import { hostTestFiles } from './test-files.js';

/** Milliseconds of a processor. Tests that take longer than `slow` come last, those that take longer than `most` never. */
const LIMITS = { slow: 40, most: 200 };
/** Milliseconds after which a test of a mutant counts as endless, when it had the processor for half of them. */
const ENDLESS = 5000;
/** The same for the unchanged sources. */
const PATIENCE = 120_000;
/** In the sandbox: the slow tests, as the first run found them. Only one of the processes does this run. */
const SLOW_FILE = 'slow-tests.json';
/** Runs of a property: enough to find what is wrong every few times. */
const RUNS = '30';

const ownRequire = createRequire(import.meta.url);
/** For the bundles: openssl makes each key and certificate once. */
const require: Require = (name) => {
  const found = ownRequire(name);
  return name === 'node:child_process' ? { ...found, execFileSync: rememberedExecFileSync } : found;
};

/** The global variable in which the instrumented sources keep their state. */
interface StrykerState {
  activeMutant?: string;
  currentTestId?: string;
  hitCount?: number;
  hitLimit?: number;
  mutantCoverage?: MutantCoverage;
  /** Our own: what `call` calls. */
  body?: Body;
}

const global = globalThis as { __stryker__?: StrykerState };
global.__stryker__ ??= {};
const state = global.__stryker__;

/** Calls `state.body`. Only a script can be stopped from outside. */
const call = new Script('globalThis.__stryker__.body()');

/** Milliseconds of a processor that this process has used. */
function processorTime(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
}

/** A test file as a program. */
interface Suite {
  file: string;
  program: Program;
  /** How many tests it has, once that is known. */
  count?: number;
}

/** A test with the code of the error that it failed with. */
type Tested = TestResult & { errorCode?: string };

interface SuiteRun {
  isWanted: (id: string) => boolean;
  /** Milliseconds. */
  timeout?: number;
  /** Between loading the file and running its tests. */
  onLoad?: () => void;
  onResult: (test: Tested) => void;
  /** Whether to stop after this test. */
  isLast?: (test: Tested) => boolean;
}

const idOf = ({ file }: Suite, index: number): string => `${file}#${index}`;

function testedOf(suite: Suite, index: number, name: string, start: number, error?: unknown): Tested {
  const test = {
    id: idOf(suite, index),
    name: `${suite.file}: ${name}`,
    fileName: join(process.cwd(), suite.file),
    timeSpentMs: processorTime() - start,
  };
  if (error === undefined) return { ...test, status: TestStatus.Success };
  const { message, code } = error as NodeJS.ErrnoException;
  const failureMessage = String(message ?? error).slice(0, 300);
  return { ...test, status: TestStatus.Failed, failureMessage, errorCode: code };
}

const isTimeout = (error: unknown) =>
  (error as NodeJS.ErrnoException | undefined)?.code === 'ERR_SCRIPT_EXECUTION_TIMEOUT';

/** Calls a body for at most this many milliseconds; the error that it failed with. */
async function attempt(body: Body, timeout: number): Promise<unknown> {
  try {
    state.body = body;
    await call.runInThisContext({ timeout });
    return undefined;
  } catch (error) {
    return error ?? new Error('a test threw nothing');
  }
}

/** Runs one test; the error that it failed with. It has more time where other processes have the processor. */
async function runTest(id: string, body: Body, timeout: number): Promise<unknown> {
  state.currentTestId = id;
  try {
    for (let most = timeout; ; most *= 2) {
      const start = processorTime();
      const error = await attempt(body, most);
      if (!isTimeout(error) || processorTime() - start > timeout / 2) return error;
    }
  } finally {
    state.currentTestId = undefined;
  }
}

/** Runs the wanted tests of one file. A file that does not load counts as its first test. */
async function runSuite(suite: Suite, { isWanted, timeout = ENDLESS, onLoad, onResult, isLast }: SuiteRun) {
  const { count, program } = suite;
  if (count && !Array.from({ length: count }, (_, index) => idOf(suite, index)).some(isWanted)) return;
  const start = processorTime();
  let after: Body[] = [];
  try {
    const { cases, before, after: last } = collect(program, require);
    after = last;
    suite.count = cases.length;
    for (const body of before) await body();
    onLoad?.();
    for (const [index, { name, body }] of cases.entries()) {
      if (!isWanted(idOf(suite, index))) continue;
      const begin = processorTime();
      const test = testedOf(suite, index, name, begin, await runTest(idOf(suite, index), body, timeout));
      onResult(test);
      if (isLast?.(test)) break;
    }
  } catch (error) {
    onResult(testedOf(suite, 0, 'loading', start, error ?? new Error('loading threw nothing')));
  } finally {
    for (const body of after) await body();
  }
}

class HostRunner implements TestRunner {
  static inject = [commonTokens.options] as const;
  readonly #suites: Suite[] = [];
  #slow: Set<string> | undefined;

  capabilities(): TestRunnerCapabilities {
    return { reloadEnvironment: true };
  }

  /** Compiles the test files of the sandbox, which is the working directory. */
  async init(): Promise<void> {
    process.env.WASMQTT_RUNS ??= RUNS;
    console.log = () => {};
    for (const file of hostTestFiles('.'))
      this.#suites.push({ file, program: programOf(await bundle(join(process.cwd(), file))) });
  }

  /** Runs every test on the unchanged sources: which mutants it reaches, and how long it takes. */
  async dryRun(): Promise<CompleteDryRunResult> {
    const mutantCoverage: MutantCoverage = { static: {}, perTest: {} };
    state.mutantCoverage = mutantCoverage;
    const all: Tested[] = [];
    for (const suite of this.#suites)
      await runSuite(suite, { isWanted: () => true, timeout: PATIENCE, onResult: (test) => all.push(test) });
    const isTried = ({ timeSpentMs, status }: Tested) => timeSpentMs <= LIMITS.most || status === TestStatus.Failed;
    const tests = all.filter(isTried);
    const slow = tests.filter(({ timeSpentMs }) => timeSpentMs > LIMITS.slow).map(({ id }) => id);
    for (const test of all) if (!isTried(test)) delete mutantCoverage.perTest[test.id];
    writeFileSync(SLOW_FILE, JSON.stringify(slow));
    return { status: DryRunStatus.Complete, tests, mutantCoverage };
  }

  /** Runs the tests that reach the mutant, the quick ones first, until one fails. */
  async mutantRun(options: MutantRunOptions): Promise<MutantRunResult> {
    const { activeMutant, testFilter, hitLimit, mutantActivation, disableBail } = options;
    this.#slow ??= new Set(JSON.parse(readFileSync(SLOW_FILE, 'utf8')));
    const slow = this.#slow;
    const wanted = testFilter && new Set(testFilter);
    const tests: Tested[] = [];
    const activate = () => Object.assign(state, { activeMutant: activeMutant.id, hitCount: 0, hitLimit });
    const isLast = (test: Tested) => !disableBail && test.status === TestStatus.Failed;
    const turns = [false, true].flatMap((isSlow) => this.#suites.map((suite) => ({ suite, isSlow })));
    for (const { suite, isSlow } of turns) {
      Object.assign(state, { activeMutant: undefined, hitCount: undefined, hitLimit: undefined });
      if (mutantActivation === 'static') activate();
      const isWanted = (id: string) => slow.has(id) === isSlow && (!wanted || wanted.has(id));
      await runSuite(suite, { isWanted, onLoad: activate, onResult: (test) => tests.push(test), isLast });
      const isEndless = tests.some(({ errorCode }) => errorCode === 'ERR_SCRIPT_EXECUTION_TIMEOUT');
      if (isEndless) return toMutantRunResult({ status: DryRunStatus.Timeout });
      const overLimit = determineHitLimitReached(state.hitCount, hitLimit);
      if (overLimit) return toMutantRunResult(overLimit);
      if (tests.some(isLast)) break;
    }
    return toMutantRunResult({ status: DryRunStatus.Complete, tests });
  }
}

// A test that goes on after it failed.
process.on('unhandledRejection', () => {});

export const strykerPlugins = [declareClassPlugin(PluginKind.TestRunner, 'in-process', HostRunner)];
