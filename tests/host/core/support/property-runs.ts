const { WASMQTT_RUNS, WASMQTT_SEED } = process.env;
const seed = Number(WASMQTT_SEED ?? 20_261_121);

console.log(`properties: WASMQTT_SEED=${seed}${WASMQTT_RUNS ? `, WASMQTT_RUNS=${WASMQTT_RUNS}` : ''}`);

/** Time for the runs of a property, milliseconds. */
const limit = 60_000 + 100 * Number(WASMQTT_RUNS ?? 0);

/** Parameters for trying a property `count` times; WASMQTT_RUNS replaces the count. */
export const runs = (count: number) => ({
  numRuns: Number(WASMQTT_RUNS ?? count),
  seed,
  // Also ends the search for a smaller counterexample.
  interruptAfterTimeLimit: limit,
  markInterruptAsFailure: true,
});

/** Time that a property may take with its report, milliseconds. */
export const timeout = limit + 15_000;
