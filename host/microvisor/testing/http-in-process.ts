import type { HttpClient, HttpClientRequest, HttpOutcome } from '../transport/http-client.js';
import type { VirtualClock } from './virtual-clock.js';

/** Answers the HTTP requests of a device; a rejection is a request that failed. Virtual time stands still until it has answered. */
export type HttpHandler = (request: HttpClientRequest) => HttpOutcome | Promise<HttpOutcome>;

/** A client that asks a function in place of a server. */
export function httpInProcess(clock: VirtualClock, handler: HttpHandler): HttpClient {
  return (request, finished) => {
    let isAborted = false;
    const answer = Promise.resolve()
      .then(() => handler(request))
      .then(
        (outcome) => withinLimit(outcome, request.maximumBytes),
        (error: unknown): HttpOutcome => ({
          result: 'failed',
          detail: error instanceof Error ? error.message : String(error),
        }),
      )
      .then((outcome) => {
        if (!isAborted) finished(outcome);
      });
    clock.during(answer);
    return {
      abort() {
        isAborted = true;
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
