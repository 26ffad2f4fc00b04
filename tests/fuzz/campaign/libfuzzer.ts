// Runs a program of libFuzzer and reads what it prints.
import { spawn } from 'node:child_process';
import process from 'node:process';
import { createInterface } from 'node:readline';

/** What libFuzzer has printed so far. */
export interface FuzzerState {
  executions: number;
  edges: number;
  features: number;
  corpus: number;
  edgesOfAll?: number;
  /** Seconds of a processor. */
  processor?: number;
  /** The call whose work came nearest to its bound. */
  work?: string;
  /** What was not true, in the words of the target. */
  sentence?: string;
  /** What else ended the run, in the words of libFuzzer. */
  other?: string;
  /** The file with the input that was found. */
  file?: string;
}

export const newState = (): FuzzerState => ({ executions: 0, edges: 0, features: 0, corpus: 0 });

/** "#512 NEW cov: 30 ft: 41 corp: 5/60b lim: 4 exec/s: 0 rss: 27Mb ..." */
function readStatus(line: string, state: FuzzerState): void {
  const found = /^#(\d+)\s+\w+\s+cov: (\d+) ft: (\d+) corp: (\d+)\//.exec(line);
  if (found) [state.executions, state.edges, state.features, state.corpus] = found.slice(1).map(Number);
}

const NUMBERS = {
  edgesOfAll: /^INFO: Loaded \d+ modules\s+\((\d+) inline 8-bit counters\)/,
  executions: /^stat::number_of_executed_units:\s+(\d+)/,
  processor: /^PROCESSOR: ([\d.]+)/,
};

const TEXTS = {
  sentence: /^NOT TRUE: (.*)/,
  other: /^==\d+==\s*ERROR: libFuzzer: (.*)/,
  file: /Test unit written to (.*)/,
  work: /^WORK: (.*)/,
};

/** The other lines that matter. */
function readFact(line: string, state: FuzzerState): void {
  for (const [name, pattern] of Object.entries(NUMBERS)) {
    const found = pattern.exec(line);
    if (found) state[name as keyof typeof NUMBERS] = Number(found[1]);
  }
  for (const [name, pattern] of Object.entries(TEXTS)) {
    const found = pattern.exec(line);
    if (found) state[name as keyof typeof TEXTS] = found[1];
  }
}

/** How a process ended. */
export interface End {
  code: number | null;
  signal: NodeJS.Signals | null;
}

/** Runs a program of libFuzzer to its end. What it prints goes into `state`, then `onLine` is called. */
export async function runFuzzer(
  program: string,
  args: readonly string[],
  state: FuzzerState,
  onLine: () => void = () => {},
): Promise<End> {
  const child = spawn(program, args, { stdio: ['ignore', 'ignore', 'pipe'] });
  const ended = new Promise<End>((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code, signal) => resolve({ code, signal }));
  });
  // When this process ends, the fuzzer must not go on.
  const stop = () => child.kill('SIGKILL');
  const leave = () => process.exit(130);
  const ends = { exit: stop, SIGINT: leave, SIGTERM: leave };
  for (const [event, handler] of Object.entries(ends)) process.once(event, handler);
  for await (const line of createInterface({ input: child.stderr })) {
    readStatus(line, state);
    readFact(line, state);
    onLine();
  }
  const result = await ended;
  for (const [event, handler] of Object.entries(ends)) process.removeListener(event, handler);
  return result;
}
