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

/** Resolves after the time, or when `stop` is aborted. */
export function ended(milliseconds: number | undefined, stop: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const timer = milliseconds === undefined ? undefined : setTimeout(resolve, milliseconds);
    stop.addEventListener('abort', () => {
      clearTimeout(timer);
      resolve();
    });
  });
}
