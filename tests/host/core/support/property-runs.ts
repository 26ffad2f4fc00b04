const { WASMQTT_RUNS, WASMQTT_SEED } = process.env;
const seed = Number(WASMQTT_SEED ?? 20_261_121);

console.log(`properties: WASMQTT_SEED=${seed}${WASMQTT_RUNS ? `, WASMQTT_RUNS=${WASMQTT_RUNS}` : ''}`);

/** Milliseconds for the runs of a property. */
const limit = 60_000 + 100 * Number(WASMQTT_RUNS ?? 0);

/** Parameters of a property that is tried so many times; WASMQTT_RUNS takes the place of the count. */
export const runs = (count: number) => ({
  numRuns: Number(WASMQTT_RUNS ?? count),
  seed,
  // Also ends the search for a smaller counterexample.
  interruptAfterTimeLimit: limit,
  markInterruptAsFailure: true,
});

/** Milliseconds that a property may take, with its report. */
export const timeout = limit + 15_000;
