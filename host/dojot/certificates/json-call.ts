import { isPem, readPem } from '../../core/index.js';
import { parseJson } from '../../node/json-depth.js';
import { reasonOf } from '../../node/reason.js';
import { PkiCallError } from './service-pki.js';

/** Most bytes of an answer: a CRL of half a million certificates. */
const LARGEST_ANSWER = 33_554_432;
/** Characters of an answer that are shown when it is an error. */
const SHOWN = 200;

/** One address that answers in JSON. */
export class JsonServer {
  readonly address: string;
  readonly #timeout: number;
  readonly #closing = new AbortController();

  /** @param address `http://host:port` without a path @param timeout milliseconds for one call */
  constructor(address: string, timeout: number) {
    this.address = address;
    this.#timeout = timeout;
  }

  /** Ends all calls. */
  close(): void {
    this.#closing.abort(new Error('the service ends'));
  }

  /** @returns what the answer is as text @throws PkiCallError unless the status is 200 or 201 */
  async text(method: 'GET' | 'POST', path: string, body?: object): Promise<string> {
    const { status, text } = await this.call(method, path, body);
    if (status === 200 || status === 201) return text;
    throw new PkiCallError(`${method} ${this.address}${path}: status ${status}: ${shown(text)}`);
  }

  /**
   * A text in an answer of JSON.
   *
   * @param member names of members, from outside to inside
   * @throws PkiCallError as `text`, and for an answer without it
   */
  async member(method: 'GET' | 'POST', path: string, member: readonly string[], body?: object): Promise<string> {
    const text = await this.text(method, path, body);
    const value = member.reduce<unknown>(
      (inner, name) => (inner as Record<string, unknown> | null)?.[name],
      parsed(text),
    );
    if (typeof value === 'string') return value;
    throw new PkiCallError(`${method} ${this.address}${path}: the answer has no ${member.join('.')}: ${shown(text)}`);
  }

  /** One call, whatever its status. @throws PkiCallError without an answer */
  async call(method: 'GET' | 'POST', path: string, body?: object): Promise<{ status: number; text: string }> {
    try {
      const response = await fetch(this.address + path, {
        method,
        headers: { accept: 'application/json', ...(body && { 'content-type': 'application/json' }) },
        body: body && JSON.stringify(body),
        redirect: 'error',
        signal: AbortSignal.any([AbortSignal.timeout(this.#timeout), this.#closing.signal]),
      });
      return { status: response.status, text: await limitedText(response) };
    } catch (error) {
      const { cause, name } = error as Error;
      const why = name === 'TimeoutError' ? `no answer within ${this.#timeout / 1000} s` : reasonOf(cause ?? error);
      throw new PkiCallError(`${method} ${this.address}${path}: ${why}`, { cause: error });
    }
  }
}

async function limitedText(response: Response): Promise<string> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of response.body ?? []) {
    size += chunk.length;
    if (size > LARGEST_ANSWER) throw new Error(`an answer of more than ${LARGEST_ANSWER} bytes`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}

function parsed(text: string): unknown {
  try {
    return parseJson(text);
  } catch {
    return undefined;
  }
}

function shown(text: string): string {
  const line = text.replaceAll(/\s+/g, ' ').trim();
  return line.length > SHOWN ? `${line.slice(0, SHOWN)}…` : line || 'nothing';
}

/**
 * The bytes of DER that is sent as base64, in lines or not, or as PEM.
 *
 * @param what for the error
 * @throws PkiCallError for what is neither
 */
export function derIn(text: string, what: string): Buffer {
  const bytes = Buffer.from(text);
  const base64 = isPem(bytes) ? (readPem(text).blocks[0]?.text ?? '').replaceAll(/-----[^-]*-----/g, '') : text;
  const compact = base64.replaceAll(/\s/g, '');
  if (compact === '' || !/^[A-Za-z0-9+/]+={0,2}$/.test(compact)) {
    throw new PkiCallError(`${what} is neither base64 nor PEM: ${shown(text)}`);
  }
  return Buffer.from(compact, 'base64');
}
