import { Agent, request } from 'node:http';

/** Calls of one server over connections that stay open: as many as there are calls at once. */
export class KeepAliveClient {
  readonly #base: string;
  readonly #agent = new Agent({ keepAlive: true, maxFreeSockets: Number.POSITIVE_INFINITY });

  /** @param base without a slash at its end */
  constructor(base: string) {
    this.#base = base;
  }

  /**
   * The body of the answer.
   *
   * @param address a path, or a whole address of this server
   * @param form fields of a POST; without them it is a GET
   * @throws Error for any status but 2xx, or when the connection fails
   */
  call(authorization: string, address: string, form?: Record<string, string>): Promise<string> {
    const content = form && new URLSearchParams(form).toString();
    const headers: Record<string, string> = { authorization };
    if (content !== undefined) headers['content-type'] = 'application/x-www-form-urlencoded';
    const method = content === undefined ? 'GET' : 'POST';
    return new Promise((resolve, reject) => {
      const sent = request(new URL(address, this.#base), { method, headers, agent: this.#agent }, (answer) => {
        let body = '';
        answer.setEncoding('utf8');
        answer.on('data', (text) => {
          body += text;
        });
        answer.on('error', reject);
        answer.on('end', () => {
          if (answer.statusCode! < 300) resolve(body);
          else reject(new Error(`${method} ${address}: ${answer.statusCode} ${body}`));
        });
      });
      sent.on('error', reject);
      sent.end(content);
    });
  }

  /** Ends all connections; calls on them reject. */
  close(): void {
    this.#agent.destroy();
  }
}
