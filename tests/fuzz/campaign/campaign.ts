// Runs one target, and reads what libFuzzer says of it.
import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import process from 'node:process';
import { createInterface } from 'node:readline';
import { here, seedsOf } from './folders.js';
import { targets } from './targets.js';

/** A run that takes so long, in seconds, is a finding too. */
const ENDLESS = 10;

/** "#512 NEW cov: 30 ft: 41 corp: 5/60b lim: 4 exec/s: 0 rss: 27Mb ..." */
function readStatus(line, state) {
  const found = /^#(\d+)\s+\w+\s+cov: (\d+) ft: (\d+) corp: (\d+)\//.exec(line);
  if (found) [state.executions, state.edges, state.features, state.corpus] = found.slice(1).map(Number);
}

/** The other lines that count. */
function readFact(line, state) {
  const facts = {
    edgesOfAll: /^INFO: Loaded \d+ modules\s+\((\d+) inline 8-bit counters\)/,
    executions: /^stat::number_of_executed_units:\s+(\d+)/,
    sentence: /^NOT TRUE: (.*)/,
    other: /^==\d+==\s*ERROR: libFuzzer: (.*)/,
    file: /Test unit written to (.*)/,
    work: /^WORK: (.*)/,
    processor: /^PROCESSOR: ([\d.]+)/,
  };
  for (const [name, pattern] of Object.entries(facts)) {
    const found = pattern.exec(line);
    if (found) state[name] = /^[\d.]+$/.test(found[1]) ? Number(found[1]) : found[1];
  }
}

/** Starts a program of libFuzzer; gives what it said when it has ended. */
async function start(program, args, state, onLine = () => {}) {
  const child = spawn(program, args, { stdio: ['ignore', 'ignore', 'pipe'] });
  const ended = new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code, signal) => resolve({ code, signal }));
  });
  // Whoever ends this ends what it started.
  const stop = () => child.kill('SIGKILL');
  const leave = () => process.exit(130);
  const ends = { exit: stop, SIGINT: leave, SIGTERM: leave };
  for (const [event, handler] of Object.entries(ends)) process.once(event, handler);
  for await (const line of createInterface({ input: child.stderr })) {
    readStatus(line, state);
    readFact(line, state);
    onLine(line);
  }
  const result = await ended;
  for (const [event, handler] of Object.entries(ends)) process.removeListener(event, handler);
  return result;
}

/** Makes a finding as small as it gets in some seconds; gives the file, which is the one given when nothing could be left out. */
async function minimise(program, file, seconds) {
  const smaller = `${file}.minimised`;
  rmSync(smaller, { force: true });
  const args = ['-minimize_crash=1', `-max_total_time=${seconds}`, `-exact_artifact_path=${smaller}`, file];
  await start(program, args, {});
  return existsSync(smaller) ? smaller : file;
}

/** What a finding is: the file, its bytes, and what was not true. */
async function finding(program, state, minimiseSeconds) {
  const file = minimiseSeconds > 0 ? await minimise(program, state.file, minimiseSeconds) : state.file;
  return {
    file,
    sentence: state.sentence ?? state.other ?? 'the process ended',
    bytes: readFileSync(file).toString('hex'),
  };
}

/**
 * Fuzzes one target until its time or number of runs is over, or something is found.
 *
 * @param {object} job
 * @param {string} job.target
 * @param {string} job.program as compile() gives it
 * @param {string} job.corpus a folder that keeps what was interesting
 * @param {string} job.findings a folder for what was found
 * @param {number} [job.seconds] at most so long
 * @param {number} [job.runs] at most so many executions
 * @param {number} [job.minimiseSeconds] how long a finding is made smaller
 * @param {(state: object) => void} [job.onProgress] called with counts, some times a second at most
 */
export async function campaign({ target, program, corpus, findings, seconds, runs, minimiseSeconds = 20, onProgress }) {
  for (const folder of [corpus, findings]) mkdirSync(folder, { recursive: true });
  const { dictionary, longest } = targets[target];
  const args = [
    `-max_len=${longest}`,
    '-len_control=0',
    `-timeout=${ENDLESS}`,
    '-print_final_stats=1',
    `-artifact_prefix=${findings}/`,
    `-dict=${join(here, 'dictionary', dictionary)}`,
    ...(seconds === undefined ? [] : [`-max_total_time=${seconds}`]),
    ...(runs === undefined ? [] : [`-runs=${runs}`]),
    corpus,
    seedsOf(target),
  ];
  const state = { executions: 0, edges: 0, features: 0, corpus: 0 };
  const began = performance.now();
  let told = began;
  const { code, signal } = await start(program, args, state, () => {
    if (performance.now() - told < 2000) return;
    told = performance.now();
    onProgress?.({ ...state, seconds: (told - began) / 1000 });
  });
  const elapsed = (performance.now() - began) / 1000;
  if (code !== 0 && !state.file)
    throw new Error(
      `${target}: the fuzzer ended with ${signal ?? `code ${code}`}: ${state.sentence ?? 'it said nothing of use'}`,
    );
  return {
    target,
    executions: state.executions,
    seconds: Number(elapsed.toFixed(1)),
    perSecond: Math.round(state.executions / elapsed),
    // On a busy machine the one says less than the other.
    perProcessorSecond: Math.round(state.executions / (state.processor ?? elapsed)),
    corpus: state.corpus,
    seeds: readdirSync(seedsOf(target)).length,
    edges: state.edges,
    edgesOfAll: state.edgesOfAll,
    work: state.work,
    findings: state.file ? [await finding(program, state, minimiseSeconds)] : [],
  };
}
