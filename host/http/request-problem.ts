import type { FastifyError } from 'fastify';

/** An error of a request and its HTTP status. The message goes to the client, so it never holds a value. */
export class RequestProblem extends Error {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;

  constructor(status: number, message: string, headers: Readonly<Record<string, string>> = {}) {
    super(message);
    this.name = 'RequestProblem';
    this.status = status;
    this.headers = headers;
  }
}

/** The status of anything that was thrown besides: by Fastify, by Node's parser, by a defect. */
export function statusOfError(error: unknown): number {
  const { statusCode = 500, code } = (error ?? {}) as Partial<FastifyError>;
  // The client has gone before its body was whole.
  if (code === 'ECONNRESET') return 400;
  return statusCode >= 400 && statusCode < 600 ? statusCode : 500;
}
