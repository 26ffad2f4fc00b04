import type { HttpClient, HttpClientRequest, HttpOutcome } from '../transport/http-client.js';
import type { VirtualClock } from './virtual-clock.js';

/** An outcome, and the virtual milliseconds until it is there (default 0); infinite for a server that never answers. */
export type HttpAnswer = HttpOutcome & { delay?: number };

/**
 * Answers the HTTP requests of a device; a rejection is a request that failed. Virtual time stands still until it has answered.
 *
 * @example
 * ```ts
 * import { readFileSync } from 'node:fs';
 * import { modulePath } from 'wasmqtt';
 * import { createDevice, type HttpAnswer, type HttpHandler } from 'wasmqtt/microvisor';
 *
 * const slow: HttpAnswer = { result: 'answered', statusCode: 200, headers: [], body: Buffer.from('ok'), delay: 500 };
 * const http: HttpHandler = ({ url }) => (url.pathname === '/slow' ? slow : { result: 'failed', detail: 'no such page' });
 * const device = await createDevice({ guest: readFileSync(modulePath('app.wasm')), http });
 * await device.stop();
 * const url = new URL('https://example.com/slow');
 * (await http({ method: 'GET', url, headers: [], body: new Uint8Array(), maximumBytes: 4096 })).result; // => 'answered'
 * ```
 */
export type HttpHandler = (request: HttpClientRequest) => HttpAnswer | Promise<HttpAnswer>;

/** A client that asks a function in place of a server. */
export function httpInProcess(clock: VirtualClock, handler: HttpHandler): HttpClient {
  return (request, finished) => {
    let isAborted = false;
    let cancel: (() => void) | undefined;
    const answered = ({ delay = 0, ...outcome }: HttpAnswer) => {
      if (isAborted) return;
      cancel = clock.after(delay, () => finished(withinLimit(outcome, request.maximumBytes)));
    };
    const failed = (error: unknown) =>
      answered({ result: 'failed', detail: error instanceof Error ? error.message : String(error) });
    clock.during(
      Promise.resolve()
        .then(() => handler(request))
        .then(answered, failed),
    );
    return {
      abort() {
        isAborted = true;
        cancel?.();
      },
    };
  };
}

/** Header lines have their ends of lines. */
function withinLimit(outcome: HttpOutcome, maximumBytes: number): HttpOutcome {
  if (outcome.result !== 'answered') return outcome;
  const size = outcome.headers.reduce((sum, line) => sum + Buffer.byteLength(line) + 2, outcome.body.length);
  return size > maximumBytes ? { result: 'tooLarge' } : outcome;
}
