// The translated core with counters, and the programs that run it: for the calls of the vectors, and for the fuzz corpus.
import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { root } from '../../tools/root.js';
import type * as VectorSteps from '../firmware/core/vector-steps.js';
import { coreTargetNames, targets } from '../fuzz/campaign/targets.js';
import { bundle } from '../mutation/bundles/bundle.js';
import { load } from '../mutation/bundles/in-process.js';

const FUZZ = join(root, 'tests/fuzz');
const OURS = ['-Ibuild', '-Ihost/wasm3', '-Ihost/wasm3/aot', '-Itests/firmware', '-DWQ_AOT', '-DNDEBUG', '-w', '-O1'];
const BINDING = ['host/wasm3/aot/wq_aot.c', 'host/wasm3/wq_core.c', 'host/wasm3/wq_text.c'];
const RUNNER = ['tests/firmware/core/runner.c', 'tests/coverage/heap.c'];

const require = createRequire(import.meta.url);
const run = (command: string, ...words: string[]): void => {
  execFileSync(command, words, { cwd: root, stdio: ['ignore', 'ignore', 'inherit'], maxBuffer: 1 << 28 });
};

/** Every program is linked with the same core.o, so that the counts of all of them add up. */
export class Programs {
  readonly #folder: string;

  /** Translates build/core.wasm and compiles it without optimization, which keeps each line and branch of the C. */
  constructor(folder: string) {
    this.#folder = folder;
    run('wasm2c', 'build/core.wasm', '-n', 'core', '-o', join(folder, 'core.c'));
    const words = [...OURS, '-O0', '--coverage', `-I${folder}`, '-c', join(folder, 'core.c')];
    run('gcc', ...words, '-o', join(folder, 'core.o'));
  }

  #link(name: string, ...words: string[]): string {
    const program = join(this.#folder, name);
    const object = join(this.#folder, 'core.o');
    run('gcc', ...OURS, `-I${this.#folder}`, ...BINDING, ...words, object, '--coverage', '-lm', '-o', program);
    return program;
  }

  /** Makes the calls of every vector. Each must do the same as in Node. Returns the number of calls. */
  async runVectors(): Promise<number> {
    const runner = this.#link('runner', ...RUNNER);
    const make = load<typeof VectorSteps>(await bundle('tests/firmware/core/vector-steps.ts'), require);
    const [from, to] = ['steps', 'results'].map((file) => join(this.#folder, file));
    let calls = 0;
    for (const name of ['mqttSteps', 'derSteps', 'callSteps', 'sessionSteps'] as const) {
      const steps = make[name]();
      writeFileSync(from, steps.bytes);
      run(runner, 'replay', 'build/core.wasm', '65536', '2048', '0', from, to);
      const difference = steps.difference(readFileSync(to));
      if (difference) throw new Error(`the translated core differs from the core in Node: ${difference}`);
      calls += steps.calls;
    }
    return calls;
  }

  /** Runs every seed of every fuzz target of the core. Returns the number of seeds. */
  runCorpus(): number {
    let inputs = 0;
    for (const name of coreTargetNames) {
      const { sources, memory, longest } = targets[name];
      const harness = ['rig.c', ...sources].map((file) => join(FUZZ, 'harness', file));
      const files = [...harness, join(FUZZ, `targets/${name}.c`)];
      const sizes = [`-I${join(FUZZ, 'harness')}`, `-DFUZZ_MEMORY=${memory}u`, `-DFUZZ_INPUT=${longest}u`];
      const program = this.#link(`corpus-${name}`, ...sizes, ...files, 'tests/coverage/corpus.c');
      const folder = join(FUZZ, 'corpus', name);
      const seeds = readdirSync(folder).map((file) => join(folder, file));
      for (let at = 0; at < seeds.length; at += 500) run(program, ...seeds.slice(at, at + 500));
      inputs += seeds.length;
    }
    return inputs;
  }
}
