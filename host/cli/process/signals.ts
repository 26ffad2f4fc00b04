/** Runs an action that SIGINT or SIGTERM asks to stop; a second signal ends the process at once. */
export async function withSignals(action: (stop: AbortSignal) => Promise<void>): Promise<void> {
  const controller = new AbortController();
  const stop = () => {
    if (controller.signal.aborted) process.exit(130);
    controller.abort();
  };
  process.on('SIGINT', stop);
  process.on('SIGTERM', stop);
  try {
    await action(controller.signal);
  } finally {
    process.off('SIGINT', stop);
    process.off('SIGTERM', stop);
  }
}

/**
 * Resolves after the time, or when `stop` is aborted, even if that was before. It leaves neither a timer nor a listener behind,
 * which would keep the process.
 *
 * @param milliseconds without it only `stop` ends the wait
 * @param over ends the wait too when it settles
 * @throws what `over` rejects with
 */
export async function ended(
  milliseconds: number | undefined,
  stop: AbortSignal,
  over: Promise<unknown> = new Promise(() => {}),
): Promise<void> {
  if (stop.aborted) return;
  let end = () => {};
  const asked = new Promise<void>((resolve) => {
    end = resolve;
  });
  const timer = milliseconds === undefined ? undefined : setTimeout(end, milliseconds);
  stop.addEventListener('abort', end);
  try {
    await Promise.race([asked, over]);
  } finally {
    clearTimeout(timer);
    stop.removeEventListener('abort', end);
  }
}

/** Closes in reverse order, each of them, whatever the others do. @throws the first error, when all are closed */
export async function closeAll(closers: readonly (() => Promise<void>)[]): Promise<void> {
  const errors: unknown[] = [];
  for (const close of [...closers].reverse()) await close().catch((error: unknown) => errors.push(error));
  if (errors.length > 0) throw errors[0];
}

/** Milliseconds from the signal to the end of a server, whatever is open. */
const LONGEST_END = 4500;
const FAILED = 1;

/** The same for a server, whose parts have deadlines but the store: that may wait for a database that does not answer. */
export async function closeServer(closers: readonly (() => Promise<void>)[]): Promise<void> {
  const last = setTimeout(() => process.exit(FAILED), LONGEST_END);
  try {
    await closeAll(closers);
  } finally {
    clearTimeout(last);
  }
}
