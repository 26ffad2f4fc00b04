import { Option } from 'commander';
import { cloudAddress } from '../cloud/index.js';
import { parseDuration } from './values.js';

/** The folder of stores and PKI when none is named. */
export const DEFAULT_DATA = '.wasmqtt';

export function dataOption(): Option {
  return new Option('--data <dir>', 'folder of stores and PKI').default(DEFAULT_DATA);
}

export function jsonOption(): Option {
  return new Option('--json', 'one JSON object a line on standard output, nothing else there');
}

export function forOption(): Option {
  return new Option('--for <duration>', 'end after this time, for example 10s (default: at Ctrl-C)').argParser(
    parseDuration,
  );
}

/** Runs something that ends when SIGINT or SIGTERM comes; a second signal ends the process at once. */
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

/** Resolves after the time, or when the signal comes. */
export function ended(milliseconds: number | undefined, stop: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const timer = milliseconds === undefined ? undefined : setTimeout(resolve, milliseconds);
    stop.addEventListener('abort', () => {
      clearTimeout(timer);
      resolve();
    });
  });
}

/** Whether the address of a cloud is plain HTTP to another machine: everybody on the way reads the token and the secrets. */
export function isInTheClear(cloud: string): boolean {
  const { protocol, hostname } = new URL(cloudAddress(cloud));
  return protocol !== 'https:' && !/^(localhost|127\.[\d.]+|\[::1\])$/.test(hostname);
}
