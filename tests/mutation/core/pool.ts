// Processes that try mutants. One that hangs is replaced.
import { type ChildProcess, fork } from 'node:child_process';
import { join } from 'node:path';
import { root } from '../../../tools/root.js';
import { typescriptLoader } from '../../../tools/run-typescript.js';
import type { Answer, MeasuredSuite, MeasureRequest, Message, MutantRequest, Suite, Trial } from './trial.js';

const RUNNER = join(root, 'tests/mutation/core/runner.ts');
/** V8 returns memories of WASM late: a process ends before it has too many. */
const MUTANTS_OF_A_PROCESS = 300;
/** Milliseconds. What does not answer in this time hangs outside the core, where there is no fuel. */
const PATIENCE = 180_000;
const MEASURING_PATIENCE = 600_000;

function start(): ChildProcess {
  const execArgv = ['--disable-wasm-trap-handler', '--no-warnings', ...typescriptLoader];
  return fork(RUNNER, { serialization: 'advanced', execArgv, stdio: ['ignore', 'ignore', 'inherit', 'ipc'] });
}

/** Node types messages as JSON; with the serialization "advanced" they are any structured value. */
const send = (child: ChildProcess, message: Message): boolean => child.send(message as object);

/** The answer to a message; undefined when none comes in time, or the process is gone. */
function ask(child: ChildProcess, message: Message, patience: number): Promise<Answer | undefined> {
  return new Promise((resolve) => {
    const timer = setTimeout(() => finish(undefined), patience);
    function finish(answer: Answer | undefined) {
      clearTimeout(timer);
      child.off('message', onMessage);
      child.off('exit', onExit);
      resolve(answer);
    }
    const onExit = () => finish(undefined);
    const onMessage = (answer: unknown) => {
      if (!('progress' in (answer as Answer))) finish(answer as Answer);
    };
    child.on('message', onMessage);
    child.on('exit', onExit);
    send(child, message);
  });
}

/** Runs every case on the unchanged module. */
export async function measure(suites: Suite[], request: MeasureRequest): Promise<MeasuredSuite[]> {
  const child = start();
  const answer = await ask(child, { suites, measure: request }, MEASURING_PATIENCE);
  child.kill();
  if (answer && 'failure' in answer)
    throw new Error(`a test file does not load on the unchanged module: ${answer.failure}`);
  if (!answer || !('baseline' in answer)) throw new Error('the tests do not run on the unchanged module');
  return answer.baseline;
}

/** What is to be tried, for whoever gets the result. */
export interface Task<T> {
  task: T;
  request: MutantRequest;
}

export interface Work<T> {
  suites: Suite[];
  baseline: MeasuredSuite[];
  /** How many processes. */
  jobs: number;
  /** The next mutant; undefined when there is no more. */
  next: () => Task<T> | undefined;
  onResult: (task: T, result: Trial) => void;
}

export async function tryAll<T>({ suites, baseline, jobs, next, onResult }: Work<T>): Promise<void> {
  async function work() {
    let child: ChildProcess | undefined;
    let count = 0;
    for (let given = next(); given; given = next()) {
      if (!child || count >= MUTANTS_OF_A_PROCESS) {
        child?.kill();
        child = start();
        send(child, { suites, baseline });
        count = 0;
      }
      count++;
      const answer = await ask(child, { mutant: given.request }, PATIENCE);
      if (!answer) {
        child.kill('SIGKILL');
        child = undefined;
      }
      const result: Trial = answer && 'result' in answer ? answer.result : { how: 'timeout', by: 'no answer' };
      onResult(given.task, result);
    }
    child?.kill();
  }
  await Promise.all(Array.from({ length: jobs }, work));
}
