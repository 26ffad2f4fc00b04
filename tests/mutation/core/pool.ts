// Processes that try mutants, and the end of those that hang.
import { fork } from 'node:child_process';
import { join } from 'node:path';
import { root } from '../../../tools/root.js';
import { typescriptLoader } from '../../../tools/run-typescript.js';

const RUNNER = join(root, 'tests/mutation/core/runner.ts');
/** V8 gives memories of WASM back late; a process ends before it has too many. */
const MUTANTS_OF_A_PROCESS = 300;
/** What has no answer after so many milliseconds hangs outside the core, where there is no fuel. */
const PATIENCE = 180_000;

function start() {
  const execArgv = ['--disable-wasm-trap-handler', '--no-warnings', ...typescriptLoader];
  return fork(RUNNER, { serialization: 'advanced', execArgv, stdio: ['ignore', 'ignore', 'inherit', 'ipc'] });
}

/** The answer to a message; undefined when there is none in time, or the process is gone. */
function ask(child, message, patience, onProgress = () => {}) {
  return new Promise((resolve) => {
    const timer = setTimeout(() => done(undefined), patience);
    function done(answer) {
      clearTimeout(timer);
      child.off('message', onMessage);
      child.off('exit', onExit);
      resolve(answer);
    }
    const onExit = () => done(undefined);
    const onMessage = (answer) => (answer.progress ? onProgress(answer.progress) : done(answer));
    child.on('message', onMessage);
    child.on('exit', onExit);
    child.send(message);
  });
}

/** Every case on the unchanged module. */
export async function measure(suites, request, onProgress) {
  const child = start();
  const answer = await ask(child, { suites, measure: request }, 600_000, onProgress);
  child.kill();
  if (!answer) throw new Error('the tests do not run on the unchanged module');
  if (answer.failure) throw new Error(`a test file does not load on the unchanged module: ${answer.failure}`);
  return answer.baseline;
}

/** Tries what `next` gives until it gives nothing, in so many processes; `onResult(task, result)` after each. */
export async function tryAll(suites, baseline, jobs, next, onResult) {
  async function work() {
    let child;
    let count = 0;
    for (let given = next(); given; given = next()) {
      if (!child || count >= MUTANTS_OF_A_PROCESS) {
        child?.kill();
        child = start();
        child.send({ suites, baseline });
        count = 0;
      }
      count++;
      const answer = await ask(child, { mutant: given.request }, PATIENCE);
      if (!answer) {
        child.kill('SIGKILL');
        child = undefined;
      }
      onResult(given.task, answer?.result ?? { how: 'timeout', by: 'no answer' });
    }
    child?.kill();
  }
  await Promise.all(Array.from({ length: jobs }, work));
}
