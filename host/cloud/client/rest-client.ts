import { parseJson } from '../../node/json-depth.js';
import { reasonOf } from '../../node/reason.js';
import type { LogLine, LogPage } from '../store/logs/device-logs.js';
import { collectionPath, describeCollection, restPath, type Scope, type StoreName } from '../store/values/scope.js';
import { checkKey, quote } from '../store/values/value-limits.js';
import { cloudAddress } from './cloud-address.js';
import { CloudClientError, type CloudClientErrorCode, type FailedCall } from './rest-client-error.js';

/** One config or secret as the REST calls return it. */
export interface RemoteValue {
  key: string;
  /** of a config; the value of a secret is never returned */
  value?: string;
  /** of the last change, as the server writes it, in whole seconds: `2021-01-01T12:34:56Z` */
  date: string;
}

export interface CloudClientOptions {
  /** address of the REST API, with or without `/v1`: `https://microvisor.twilio.com`, `http://127.0.0.1:8180/v1` */
  url: string;
  /** user name: `AC` and 32 hex digits, or that of an API key */
  accountSid: string;
  authToken: string;
  /** milliseconds within which each call must be answered, default 30,000 */
  timeout?: number;
  /** ends calls under way */
  signal?: AbortSignal;
}

/** The largest page that the API returns, so that a list needs few calls. */
const PAGE_SIZE = 1000;
const DEFAULT_TIMEOUT = 30_000;

/**
 * Config and secret stores behind any address of the REST API.
 *
 * Every call rejects with CloudClientError (see its codes), or with StoreError `invalid-device-sid` or `invalid-key` for
 * arguments that no store takes. The token is sent to the given address only: redirections are not followed, and only the
 * query of a next page's address is used.
 *
 * @example
 * ```ts
 * import { CloudClient, type CloudClientOptions, type RemoteValue, Store, startCloud } from 'wasmqtt/cloud';
 *
 * const store = await Store.open('store-client');
 * const { accountSid, authToken } = await store.accounts.create('plant');
 * const cloud = await startCloud({ store });
 * const options: CloudClientOptions = { url: cloud.url, accountSid, authToken };
 * const client = new CloudClient(options);
 * await client.create({ kind: 'account' }, 'configs', 'interval', '60');
 * const [value]: RemoteValue[] = await client.list({ kind: 'account' }, 'configs');
 * [value.key, value.value]; // => [ 'interval', '60' ]
 * await cloud.close();
 * await store.close();
 * ```
 */
export class CloudClient {
  /** base address, ends in `/v1` */
  readonly url: string;
  readonly #authorization: string;
  readonly #timeout: number;
  readonly #signal: AbortSignal | undefined;

  /** @throws CloudClientError `invalid-address` */
  constructor(options: CloudClientOptions) {
    this.url = cloudAddress(options.url);
    this.#authorization = `Basic ${Buffer.from(`${options.accountSid}:${options.authToken}`).toString('base64')}`;
    this.#timeout = options.timeout ?? DEFAULT_TIMEOUT;
    this.#signal = options.signal;
  }

  /** All values of a collection, from all pages, in the server's order. */
  async list(scope: Scope, store: StoreName): Promise<RemoteValue[]> {
    const call = this.#call(scope, store);
    const values: RemoteValue[] = [];
    const seen = new Set<string>();
    let query: string | undefined = `?PageSize=${PAGE_SIZE}`;
    while (query !== undefined) {
      seen.add(query);
      const { body, failed } = await this.#send('GET', call, query);
      const page = (body as Record<string, unknown>)[store];
      if (!Array.isArray(page)) throw unexpected(failed, `there is no list of ${store} in it`);
      values.push(...page.map((entry) => readValue(entry, store, failed)));
      query = nextQuery(body, failed);
      if (query !== undefined && seen.has(query)) throw unexpected(failed, 'its pages go round in a circle');
    }
    return values;
  }

  /** The value of a key. @throws CloudClientError `not-found` */
  async fetch(scope: Scope, store: StoreName, key: string): Promise<RemoteValue> {
    const { body, failed } = await this.#send('GET', this.#call(scope, store, key));
    return readValue(body, store, failed);
  }

  /** Stores a new value. @throws CloudClientError `already-exists` */
  async create(scope: Scope, store: StoreName, key: string, value: string): Promise<RemoteValue> {
    checkKey(key);
    const call = { ...this.#call(scope, store), key };
    const { body, failed } = await this.#send('POST', call, '', { Key: key, Value: value });
    return readValue(body, store, failed);
  }

  /** Replaces the value of a key. @throws CloudClientError `not-found` */
  async update(scope: Scope, store: StoreName, key: string, value: string): Promise<RemoteValue> {
    const { body, failed } = await this.#send('POST', this.#call(scope, store, key), '', { Value: value });
    return readValue(body, store, failed);
  }

  /** Removes a value. @throws CloudClientError `not-found` */
  async delete(scope: Scope, store: StoreName, key: string): Promise<void> {
    await this.#send('DELETE', this.#call(scope, store, key));
  }

  /**
   * Log lines of a device, oldest first. @throws CloudClientError `not-found`
   *
   * @param device its SID or unique name
   * @param page `wait` seconds for lines when there are none
   */
  async readLog(device: string, page: LogPage & { wait?: number }): Promise<LogLine[]> {
    const call = {
      address: `${this.url}/Devices/${encodeURIComponent(device)}/Logs`,
      place: `device ${quote(device)}`,
    };
    const query = new URLSearchParams({ After: String(page.after ?? 0), PageSize: String(page.limit ?? PAGE_SIZE) });
    if (page.since) query.set('Since', page.since.toISOString());
    if (page.last) query.set('Last', 'true');
    if (page.wait) query.set('Wait', String(page.wait));
    const { body, failed } = await this.#send('GET', call, `?${query}`);
    const { logs } = body as { logs?: unknown };
    if (!Array.isArray(logs)) throw unexpected(failed, 'there is no list of log lines in it');
    return logs.map((line) => readLogLine(line, failed));
  }

  #call(scope: Scope, store: StoreName, key?: string): Call {
    const path = collectionPath(scope, store);
    const address = `${this.url}${restPath(path)}`;
    if (key === undefined) return { address, place: describeCollection(path) };
    checkKey(key);
    if (/^\.\.?$/.test(key)) {
      const message = `the key ${quote(key)} cannot be written into an address; use another key`;
      throw new CloudClientError('invalid-key', message, { key });
    }
    return { address: `${address}/${encodeURIComponent(key)}`, place: describeCollection(path), key };
  }

  async #send(method: string, call: Call, query = '', form?: Form): Promise<Answer> {
    const failed: FailedCall = { request: `${method} ${call.address}`, key: call.key };
    const timeout = AbortSignal.timeout(this.#timeout);
    try {
      const response = await fetch(`${call.address}${query}`, {
        method,
        redirect: 'manual',
        headers: {
          authorization: this.#authorization,
          ...(form && { 'content-type': 'application/x-www-form-urlencoded' }),
        },
        body: form && encodeForm(form),
        signal: this.#signal ? AbortSignal.any([this.#signal, timeout]) : timeout,
      });
      const text = await response.text();
      failed.status = response.status;
      if (!response.ok) throw refusal(response, text, call, failed, form);
      return { body: method === 'DELETE' ? undefined : parse(text, failed), failed };
    } catch (error) {
      if (error instanceof CloudClientError) throw error;
      throw this.#unreachable(error, failed, timeout.aborted);
    }
  }

  #unreachable(error: unknown, failed: FailedCall, late: boolean): CloudClientError {
    if (this.#signal?.aborted) {
      return new CloudClientError('aborted', `${failed.request}: was ended before it was answered`, failed, {
        cause: error,
      });
    }
    const { cause = error } = error as { cause?: unknown };
    const code = (cause as { code?: unknown }).code;
    const reason = late ? `no answer within ${this.#timeout} ms` : reasonOf(cause) || String(code ?? 'no connection');
    const advice = 'check the address and the network, and that the cloud runs';
    return new CloudClientError('unreachable', `${failed.request}: ${reason}; ${advice}`, failed, { cause: error });
  }
}

interface Call {
  address: string;
  /** the collection in words, for messages */
  place: string;
  key?: string;
}

type Form = Record<string, string>;

interface Answer {
  body: unknown;
  failed: FailedCall;
}

/** A space as `%20`: not every server takes `+` for one. */
function encodeForm(form: Form): string {
  return Object.entries(form)
    .map(([name, value]) => `${name}=${encodeURIComponent(value)}`)
    .join('&');
}

function parse(text: string, failed: FailedCall): unknown {
  try {
    const body = parseJson(text);
    if (typeof body === 'object' && body !== null) return body;
  } catch {
    // reported below
  }
  throw unexpected(failed, 'it is not a JSON object');
}

function readValue(entry: unknown, store: StoreName, failed: FailedCall): RemoteValue {
  const { key, value, date_updated, date_rotated } = (entry ?? {}) as Record<string, unknown>;
  if (typeof key !== 'string') throw unexpected(failed, 'a key is missing');
  const date = String((store === 'configs' ? date_updated : date_rotated) ?? '');
  if (store === 'secrets') return { key, date };
  if (typeof value !== 'string') throw unexpected(failed, `the value of ${quote(key)} is missing`);
  return { key, value, date };
}

function readLogLine(entry: unknown, failed: FailedCall): LogLine {
  const { sequence, date, text } = (entry ?? {}) as Record<string, unknown>;
  const written = new Date(String(date));
  if (Number.isSafeInteger(sequence) && typeof text === 'string' && !Number.isNaN(written.getTime())) {
    return { sequence: sequence as number, date: written, text };
  }
  throw unexpected(failed, 'a log line is not complete');
}

function nextQuery(body: unknown, failed: FailedCall): string | undefined {
  const next = (body as { meta?: { next_page_url?: unknown } }).meta?.next_page_url;
  if (next === undefined || next === null || next === '') return undefined;
  if (typeof next === 'string' && URL.canParse(next)) return new URL(next).search;
  throw unexpected(failed, 'its next page has no valid address');
}

function unexpected(failed: FailedCall, reason: string): CloudClientError {
  const message = `${failed.request}: the answer is not that of this REST API: ${reason}; check the address`;
  return new CloudClientError('unexpected-answer', message, failed);
}

const STATUS_CODES: Record<number, CloudClientErrorCode> = {
  401: 'unauthorized',
  403: 'unauthorized',
  404: 'not-found',
  409: 'already-exists',
};

const ADVICE: Partial<Record<CloudClientErrorCode, string>> = {
  unauthorized: 'check TWILIO_ACCOUNT_SID and TWILIO_AUTH_TOKEN',
  'not-found': 'check the address, the device SID and the key',
  'already-exists': 'update it, or delete it first',
  'server-error': 'try again later',
};

function refusal(response: Response, text: string, call: Call, failed: FailedCall, form?: Form): CloudClientError {
  const { status } = response;
  const from = `${failed.request}:${call.key === undefined ? '' : ` ${quote(call.key)}:`} status ${status}`;
  if (status < 400) {
    const message = `${from}: it redirects to another address, which is not followed; give that address`;
    return new CloudClientError('unexpected-answer', message, failed);
  }
  const code = STATUS_CODES[status] ?? (status >= 500 ? 'server-error' : 'refused');
  const message = serverMessage(text, form);
  // The server's own message already says what to do, but for 401: it cannot know where SID and token came from.
  const advice = message === '' || code === 'unauthorized' ? `; ${ADVICE[code] ?? 'check the request'}` : '';
  return new CloudClientError(code, `${from} for ${call.place}${message && `: ${message}`}${advice}`, failed);
}

/** The message of an error answer, on one short line, without the value that was sent, which may be a secret. */
function serverMessage(text: string, form?: Form): string {
  let message = '';
  try {
    message = String((JSON.parse(text) as { message?: unknown }).message ?? '');
  } catch {
    // not an error body of this REST API, so the status must do
  }
  if (form?.Value) message = message.replaceAll(form.Value, '...');
  return message.replace(/[\p{C}\s]+/gu, ' ').slice(0, 300);
}
