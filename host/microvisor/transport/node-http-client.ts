import { type ClientRequest, type IncomingMessage, request as requestHttp } from 'node:http';
import { request as requestHttps } from 'node:https';
import type { LookupFunction } from 'node:net';
import type { HttpClient, HttpClientRequest, HttpExchange, HttpOutcome } from './http-client.js';
import { tlsContexts } from './tls-contexts.js';

export interface NodeHttpClientOptions {
  /** Hosts that may be reached: names, `*.example.com` for all below a name, `*` for any. Default: none. */
  allowedHosts?: readonly string[];
  /** CA certificates that are trusted beside the Mozilla roots, PEM. */
  ca?: readonly string[];
  /** Name resolution, for tests; default: the system's. */
  lookup?: LookupFunction;
}

/**
 * An {@link HttpClient} over node:https, and node:http for requests of that scheme.
 *
 * @example
 * ```ts
 * import { createServer } from 'node:http';
 * import type { AddressInfo } from 'node:net';
 * import { type HttpClient, type HttpClientRequest, type HttpExchange, type HttpOutcome } from 'wasmqtt/microvisor';
 * import { type NodeHttpClientOptions, nodeHttpClient } from 'wasmqtt/microvisor';
 *
 * const server = createServer((_request, response) => response.end('hello'));
 * await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
 * const { port } = server.address() as AddressInfo;
 * const options: NodeHttpClientOptions = { allowedHosts: ['127.0.0.1'] };
 * const client: HttpClient = nodeHttpClient(options);
 * const url = new URL(`http://127.0.0.1:${port}/`);
 * const request: HttpClientRequest = { method: 'GET', url, headers: [], body: new Uint8Array(), maximumBytes: 4096 };
 * let exchange: HttpExchange | undefined;
 * const outcome = await new Promise<HttpOutcome>((resolve) => (exchange = client(request, resolve)));
 * outcome.result === 'answered' && Buffer.from(outcome.body).toString(); // => 'hello'
 * exchange?.abort();
 * server.close();
 * ```
 */
export function nodeHttpClient(options: NodeHttpClientOptions = {}): HttpClient {
  return (request, finished) => {
    const { hostname } = request.url;
    if (!isAllowed(hostname, options.allowedHosts ?? [])) {
      return failLater(finished, `the host ${hostname} is not allowed; allow it with --allow-host ${hostname}`);
    }
    try {
      return new NodeExchange(request, finished, options);
    } catch (error) {
      return failLater(finished, (error as Error).message);
    }
  };
}

function isAllowed(host: string, allowed: readonly string[]): boolean {
  return allowed.some((entry) => {
    const name = entry.toLowerCase();
    return name === '*' || name === host || (name.startsWith('*.') && host.endsWith(name.slice(1)));
  });
}

/** Outcomes are never reported within the request. */
function failLater(finished: (outcome: HttpOutcome) => void, detail: string): HttpExchange {
  const immediate = setImmediate(() => finished({ result: 'failed', detail }));
  return { abort: () => clearImmediate(immediate) };
}

class NodeExchange implements HttpExchange {
  readonly #limit: number;
  readonly #finished: (outcome: HttpOutcome) => void;
  readonly #request: ClientRequest;
  #hasAnswer = false;
  #isOver = false;

  constructor(request: HttpClientRequest, finished: (outcome: HttpOutcome) => void, options: NodeHttpClientOptions) {
    this.#limit = request.maximumBytes;
    this.#finished = finished;
    this.#request = open(request, options);
    this.#request.on('response', (response) => this.#read(response));
    this.#request.on('upgrade', () => this.#fail('the server changed the protocol'));
    this.#request.on('error', (error: NodeJS.ErrnoException) => {
      if (error.code === 'HPE_HEADER_OVERFLOW') this.#finish({ result: 'tooLarge' });
      else this.#fail(error.message || String(error.code));
    });
    this.#request.on('close', () => {
      if (!this.#hasAnswer) this.#fail('the server closed the connection without an answer');
    });
    this.#request.end(request.body);
  }

  abort(): void {
    this.#isOver = true;
    this.#request.destroy();
  }

  #read(response: IncomingMessage): void {
    this.#hasAnswer = true;
    const { statusCode = 0, rawHeaders } = response;
    const headers = Array.from({ length: rawHeaders.length / 2 }, (_, index) =>
      [rawHeaders[index * 2], rawHeaders[index * 2 + 1]].join(': '),
    );
    const chunks: Buffer[] = [];
    let size = headers.reduce((sum, line) => sum + line.length, 0);
    const measure = (bytes: number) => {
      size += bytes;
      if (size > this.#limit) this.#finish({ result: 'tooLarge' });
    };
    measure(0);
    response.on('data', (chunk: Buffer) => {
      measure(chunk.length);
      if (!this.#isOver) chunks.push(chunk);
    });
    // An error of an answer is that its connection was closed in its middle.
    response.on('error', () => {});
    response.on('close', () => this.#fail('the server closed the connection in the middle of the answer'));
    response.on('end', () => {
      if (response.complete) this.#finish({ result: 'answered', statusCode, headers, body: Buffer.concat(chunks) });
    });
  }

  #fail(detail: string): void {
    this.#finish({ result: 'failed', detail });
  }

  #finish(outcome: HttpOutcome): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#request.destroy();
    this.#finished(outcome);
  }
}

/** Headers of the application go as they are; what it leaves out of those that every request needs is added. */
function open({ method, url, headers, body, maximumBytes }: HttpClientRequest, options: NodeHttpClientOptions) {
  const has = (name: string) => headers.some(([given]) => given.toLowerCase() === name);
  const added: [string, string][] = [['Connection', 'close']];
  if (!has('host')) added.unshift(['Host', url.host]);
  if (!has('content-length') && body.length > 0) added.push(['Content-Length', String(body.length)]);
  const isHttps = url.protocol === 'https:';
  return (isHttps ? requestHttps : requestHttp)({
    method,
    // An IPv6 address has brackets in a URL alone.
    hostname: url.hostname.replace(/^\[(.*)\]$/, '$1'),
    port: url.port || (isHttps ? 443 : 80),
    path: `${url.pathname}${url.search}`,
    headers: [...added, ...headers].flat(),
    agent: false,
    maxHeaderSize: Math.max(maximumBytes, 1),
    ...(isHttps ? { secureContext: tlsContexts.trusting(options.ca ?? []) } : {}),
    ...(options.lookup ? { lookup: options.lookup } : {}),
  });
}
