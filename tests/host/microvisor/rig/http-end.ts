import type { HttpClient, HttpClientRequest, HttpOutcome } from '../../../../host/microvisor/index.js';

/** One request that the kernel handed over; the test plays who answers it. */
export interface Asked {
  request: HttpClientRequest;
  finish(outcome: HttpOutcome): void;
  aborted: boolean;
}

/** The far end of HTTP: it answers when the test says so. */
export class HttpEnd {
  readonly asked: Asked[] = [];

  readonly client: HttpClient = (request, finish) => {
    const asked: Asked = { request, finish, aborted: false };
    this.asked.push(asked);
    return {
      abort: () => {
        asked.aborted = true;
      },
    };
  };

  /** Answers the last request. */
  answer(body = 'hello', headers = ['Content-Type: text/plain', 'X-Two: 2'], statusCode = 200): void {
    this.asked.at(-1)!.finish({ result: 'answered', statusCode, headers, body: Buffer.from(body) });
  }
}
