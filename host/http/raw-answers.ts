import { type ServerResponse, STATUS_CODES } from 'node:http';
import type { Socket } from 'node:net';

type Refusal = (status: number) => object;

/** Milliseconds that a client has to take an answer in before the connection ends for good. */
const LINGER = 1000;

/**
 * Writes an error answer onto a socket where there is no response to write it with, and ends the connection. Once at most: what is left
 * of the request may bring more errors.
 *
 * @param refusal makes the body
 * @param isOver whether nothing that still comes may count: otherwise it is taken in for a while, since whoever is closed on while
 * still sending loses the answer
 */
export function answerRaw(
  socket: Socket,
  status: number,
  refusal: Refusal,
  isOver: boolean,
  headers: readonly string[] = [],
): void {
  if (!socket.writable || socket.writableEnded) {
    socket.destroy();
    return;
  }
  const body = JSON.stringify(refusal(status));
  const lines = [`HTTP/1.1 ${status} ${STATUS_CODES[status]}`, `content-length: ${Buffer.byteLength(body)}`];
  for (const [name, value] of Object.entries(HEADERS)) lines.push(`${name}: ${value}`);
  socket.end(`${[...lines, ...headers].join('\r\n')}\r\n\r\n${body}`, () => {
    if (isOver) socket.destroy();
  });
  setTimeout(() => socket.destroy(), LINGER).unref();
}

/** Answers a request that Node would answer itself, without a body. */
export function answerProblem(response: ServerResponse, status: number, refusal: Refusal): void {
  const body = JSON.stringify(refusal(status));
  response.writeHead(status, { ...HEADERS, 'content-length': Buffer.byteLength(body) }).end(body);
}

const HEADERS = {
  'content-type': 'application/json; charset=utf-8',
  'cache-control': 'no-store',
  connection: 'close',
};

/** The status of what Node's parser or its deadlines refuse; undefined when it is not HTTP. */
export function statusOfParserError(code = ''): number | undefined {
  if (code === 'ERR_HTTP_REQUEST_TIMEOUT') return 408;
  if (code === 'HPE_HEADER_OVERFLOW') return 431;
  if (code === 'HPE_CHUNK_EXTENSIONS_OVERFLOW') return 413;
  return code.startsWith('HPE_') ? 400 : undefined;
}
