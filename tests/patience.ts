/**
 * Milliseconds that a test waits for what another process, thread or peer does. Only a guard: it comes much sooner, but on a machine
 * that is busy with other things nobody knows when. No test has a number of its own.
 */
export const PATIENCE = 120_000;
