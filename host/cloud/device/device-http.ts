import * as http from 'node:http';
import * as https from 'node:https';

export interface HttpAnswer {
  status: number;
  body: Buffer;
}

export interface HttpCall {
  method: 'GET' | 'POST';
  /** below the base address */
  path: string;
  /** sent as JSON */
  body?: object;
  /** milliseconds until the whole answer has to be there */
  timeout: number;
  /** ends the call */
  signal?: AbortSignal;
}

/** Bytes of an answer at most, so that nothing that answers can fill the memory. */
const MOST_BYTES = 64 * 1024 * 1024;

/**
 * HTTP calls of one address. Not `fetch`, whose client connects again after a call was ended, and takes no root certificates of its own.
 */
export class DeviceHttp {
  readonly #base: string;
  readonly #headers: http.OutgoingHttpHeaders;
  readonly #agent: http.Agent;

  /**
   * @param base without a slash at its end
   * @param ca root certificates for https, PEM; default those of Node
   */
  constructor(base: string, headers: http.OutgoingHttpHeaders, ca?: string) {
    this.#base = base;
    this.#headers = headers;
    // Node's own default is to keep a connection as long as the server does.
    this.#agent = base.startsWith('https:')
      ? new https.Agent({ keepAlive: true, ca })
      : new http.Agent({ keepAlive: true });
  }

  /** Rejects with the error of node:http, or why it took too long or was too much. */
  call({ method, path, body, timeout, signal }: HttpCall): Promise<HttpAnswer> {
    const content = body && JSON.stringify(body);
    const headers = { ...this.#headers, ...(content && { 'content-type': 'application/json' }) };
    return new Promise((resolve, reject) => {
      const { request } = this.#base.startsWith('https:') ? https : http;
      const sent = request(`${this.#base}${path}`, { method, headers, agent: this.#agent }, (answer) => {
        const parts: Buffer[] = [];
        let size = 0;
        answer.on('data', (part: Buffer) => {
          parts.push(part);
          size += part.length;
          if (size > MOST_BYTES) sent.destroy(new Error('the answer is too large'));
        });
        answer.on('error', reject);
        answer.on('end', () => resolve({ status: answer.statusCode ?? 0, body: Buffer.concat(parts) }));
      });
      const end = () => sent.destroy(new Error('it was ended'));
      const timer = setTimeout(() => sent.destroy(new Error(`no answer within ${timeout} ms`)), timeout);
      signal?.addEventListener('abort', end);
      sent.on('error', reject);
      sent.on('close', () => {
        clearTimeout(timer);
        signal?.removeEventListener('abort', end);
        reject(new Error('the connection was closed'));
      });
      if (signal?.aborted) end();
      else sent.end(content);
    });
  }
}
