// Fuzzes one target.
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { here, seedsOf } from './folders.js';
import { type FuzzerState, newState, runFuzzer } from './libfuzzer.js';
import { type TargetName, targets } from './targets.js';

/** A run that takes this many seconds is a finding too. */
const ENDLESS = 10;
/** Milliseconds between two reports of progress. */
const REPORT_PERIOD = 2000;

export interface Job {
  target: TargetName;
  /** As compile() returns it. */
  program: string;
  /** A folder that keeps the interesting inputs. */
  corpus: string;
  /** A folder for what is found. */
  findings: string;
  /** The longest time. */
  seconds?: number;
  /** The largest number of executions. */
  runs?: number;
  /** How long a finding is made smaller; the default is 20. */
  minimiseSeconds?: number;
  /** Called about every two seconds. */
  onProgress?: (state: FuzzerState & { seconds: number }) => void;
}

/** An input for which something is not true. */
export interface Finding {
  file: string;
  /** What is not true. */
  sentence: string;
  /** The input as hexadecimal. */
  bytes: string;
}

export interface CampaignResult {
  target: TargetName;
  executions: number;
  seconds: number;
  perSecond: number;
  /** On a busy machine this says more than `perSecond`. */
  perProcessorSecond: number;
  corpus: number;
  seeds: number;
  edges: number;
  edgesOfAll?: number;
  work?: string;
  findings: Finding[];
}

/** Spends some seconds on making a finding smaller. Returns the file of the smaller one, or the given file when there is none. */
async function minimise(program: string, file: string, seconds: number): Promise<string> {
  const smaller = `${file}.minimised`;
  rmSync(smaller, { force: true });
  const args = ['-minimize_crash=1', `-max_total_time=${seconds}`, `-exact_artifact_path=${smaller}`, file];
  await runFuzzer(program, args, newState());
  return existsSync(smaller) ? smaller : file;
}

async function findingOf(program: string, found: string, state: FuzzerState, minimiseSeconds: number) {
  const file = minimiseSeconds > 0 ? await minimise(program, found, minimiseSeconds) : found;
  return {
    file,
    sentence: state.sentence ?? state.other ?? 'the process ended',
    bytes: readFileSync(file).toString('hex'),
  };
}

function argumentsOf({ target, corpus, findings, seconds, runs }: Job): string[] {
  const { dictionary, longest } = targets[target];
  return [
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
}

/** Fuzzes one target until its time or its number of runs is over, or something is found. */
export async function campaign(job: Job): Promise<CampaignResult> {
  const { target, program, corpus, findings, minimiseSeconds = 20, onProgress } = job;
  for (const folder of [corpus, findings]) mkdirSync(folder, { recursive: true });
  const state = newState();
  const began = performance.now();
  let reported = began;
  const { code, signal } = await runFuzzer(program, argumentsOf(job), state, () => {
    if (performance.now() - reported < REPORT_PERIOD) return;
    reported = performance.now();
    onProgress?.({ ...state, seconds: (reported - began) / 1000 });
  });
  const elapsed = (performance.now() - began) / 1000;
  if (code !== 0 && !state.file) {
    const reason = state.sentence ?? 'it printed no reason';
    throw new Error(`${target}: the fuzzer ended with ${signal ?? `code ${code}`}: ${reason}`);
  }
  return {
    target,
    executions: state.executions,
    seconds: Number(elapsed.toFixed(1)),
    perSecond: Math.round(state.executions / elapsed),
    perProcessorSecond: Math.round(state.executions / (state.processor ?? elapsed)),
    corpus: state.corpus,
    seeds: readdirSync(seedsOf(target)).length,
    edges: state.edges,
    edgesOfAll: state.edgesOfAll,
    work: state.work,
    findings: state.file ? [await findingOf(program, state.file, state, minimiseSeconds)] : [],
  };
}
