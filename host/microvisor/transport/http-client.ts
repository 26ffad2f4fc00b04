/** A request for the host to make. Nothing in it has to be checked again. */
export interface HttpClientRequest {
  /** `GET`, `HEAD`, `POST`, `PUT`, `DELETE`, `PATCH` or `OPTIONS`. */
  method: string;
  /** Of the scheme `https`, or `http` where the kernel allows it. */
  url: URL;
  /** Names and values, in the order of the application. */
  headers: readonly (readonly [name: string, value: string])[];
  body: Uint8Array;
  /** Bytes that the headers of the answer, as lines, and its body may have together. */
  maximumBytes: number;
}

export type HttpOutcome =
  /** Any status code; `headers` are lines `Name: value` as they were received. */
  | { result: 'answered'; statusCode: number; headers: string[]; body: Uint8Array }
  | { result: 'tooLarge' }
  /** No answer; `detail` is one clause for people. */
  | { result: 'failed'; detail: string };

/** A request under way. */
export interface HttpExchange {
  /** Closes its connection; the outcome is not reported any more. */
  abort(): void;
}

/**
 * Makes HTTP requests for the kernel: each over a connection of its own, redirects and encodings passed through. The outcome is
 * reported once. It never throws.
 */
export type HttpClient = (request: HttpClientRequest, finished: (outcome: HttpOutcome) => void) => HttpExchange;
