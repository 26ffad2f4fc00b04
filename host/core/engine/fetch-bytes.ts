import { CoreLoadError } from './load.js';

/** @throws CoreLoadError when nothing comes from there */
export async function fetchBytes(address: string | URL): Promise<Uint8Array> {
  try {
    return await bytesOf(await fetch(address));
  } catch (error) {
    if (error instanceof CoreLoadError) throw error;
    throw unreachable(`${address}`, `${error}`, error);
  }
}

/** The body of a response. @throws CoreLoadError for a status that is not 2xx */
export async function bytesOf(response: Response): Promise<Uint8Array> {
  if (!response.ok) throw unreachable(response.url, `HTTP ${response.status}`);
  return new Uint8Array(await response.arrayBuffer());
}

function unreachable(address: string, why: string, cause?: unknown): CoreLoadError {
  return new CoreLoadError(
    `the core does not come from ${address} (${why}): serve build/core.wasm of the package there, pass another address to init, ` +
      'or import "wasmqtt/inline"',
    { cause },
  );
}
