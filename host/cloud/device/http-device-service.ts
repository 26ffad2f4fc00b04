import type { ConfigItem, ConfigItemResult, DeviceReport } from '../../microvisor/index.js';
import { reasonOf } from '../../node/reason.js';
import { cloudAddress } from '../client/rest-client.js';
import { DEVICE_PATH, type LogBody, type ReportBody } from './device-protocol.js';
import { type DeviceService, DeviceServiceError, type LogDelivery, type VersionedWanted } from './device-service.js';

/** Milliseconds within which a call must be answered; a server keeps who waits for changes shorter than the second of them. */
const TIMEOUT = 30_000;
const WAIT_TIMEOUT = 120_000;
/** Bytes of an answer at most, so that nothing that answers can fill the memory. */
const MOST_BYTES = 64 * 1024 * 1024;

/** The cloud behind an address, as a device with a key uses it. */
export class HttpDeviceService implements DeviceService {
  readonly #url: string;
  readonly #authorization: string;

  /**
   * @param url base address of the cloud, with or without `/v1`
   * @param key a device key
   * @throws CloudClientError `invalid-address`
   */
  constructor(url: string, key: string) {
    this.#url = `${cloudAddress(url).slice(0, -'/v1'.length)}${DEVICE_PATH}`;
    this.#authorization = `Bearer ${key}`;
  }

  async fetch(items: readonly ConfigItem[]): Promise<ConfigItemResult[]> {
    const { results } = await this.#json<{ results?: ConfigItemResult[] }>('POST', '/fetch', { items });
    if (Array.isArray(results) && results.length === items.length && results.every(isResult)) return results;
    throw this.#unexpected('there are no results in it');
  }

  async wanted(known: number | undefined, signal: AbortSignal): Promise<VersionedWanted> {
    const query = known === undefined ? '' : `?known=${known}`;
    const wanted = await this.#json<VersionedWanted>('GET', `/wanted${query}`, undefined, signal);
    const { version, restarts, logging, application } = wanted;
    const isWanted = Number.isSafeInteger(version) && Number.isSafeInteger(restarts) && typeof logging === 'boolean';
    if (!isWanted || (application && !isApplication(application))) throw this.#unexpected('it is not complete');
    return { version, restarts, logging, application };
  }

  async application(sha256: string): Promise<Uint8Array | undefined> {
    const response = await this.#send('GET', `/applications/${sha256}`);
    if (response.status === 404) return void (await this.#read(response));
    return this.#read(this.#ok(response));
  }

  async report(report: DeviceReport): Promise<void> {
    const body: ReportBody =
      'failed' in report
        ? { failed: { sha256: report.failed.sha256 }, reason: report.reason }
        : { running: report.running ? { sid: report.running.sid, sha256: report.running.sha256 } : {} };
    await this.#done('/report', body);
  }

  async log({ source, number, lines }: LogDelivery): Promise<void> {
    const body: LogBody = { source, number, lines: lines.map(({ date, text }) => ({ date: date.getTime(), text })) };
    await this.#done('/log', body);
  }

  async #done(path: string, body: object): Promise<void> {
    await this.#read(this.#ok(await this.#send('POST', path, body)));
  }

  async #json<T>(method: string, path: string, body?: object, signal?: AbortSignal): Promise<T> {
    const bytes = await this.#read(this.#ok(await this.#send(method, path, body, signal)));
    try {
      const answer: unknown = JSON.parse(Buffer.from(bytes).toString());
      if (typeof answer === 'object' && answer !== null) return answer as T;
    } catch {
      // reported below
    }
    throw this.#unexpected('it is not a JSON object');
  }

  /** @param signal of a call that waits */
  async #send(method: string, path: string, body?: object, signal?: AbortSignal): Promise<Response> {
    const timeout = AbortSignal.timeout(signal ? WAIT_TIMEOUT : TIMEOUT);
    try {
      return await fetch(`${this.#url}${path}`, {
        method,
        redirect: 'manual',
        headers: { authorization: this.#authorization, ...(body && { 'content-type': 'application/json' }) },
        body: body && JSON.stringify(body),
        signal: signal ? AbortSignal.any([signal, timeout]) : timeout,
      });
    } catch (error) {
      throw this.#unreachable(error);
    }
  }

  async #read(response: Response): Promise<Uint8Array> {
    const parts: Uint8Array[] = [];
    let size = 0;
    try {
      for await (const part of response.body ?? []) {
        size += part.length;
        if (size > MOST_BYTES) throw new Error('the answer is too large');
        parts.push(part);
      }
    } catch (error) {
      throw this.#unreachable(error);
    }
    return Buffer.concat(parts);
  }

  #ok(response: Response): Response {
    const { status } = response;
    if (response.ok) return response;
    // Who waits for the rest of the answer keeps its connection.
    void response.body?.cancel().catch(() => {});
    const at = `the cloud at ${this.#url}`;
    if (status === 401 || status === 403) {
      const advice = 'check --device-key, or make a key with "wasmqtt cloud device create-key"';
      throw new DeviceServiceError(
        'unauthorized',
        `${at} does not accept the device key (status ${status}); ${advice}`,
      );
    }
    if (status === 408 || status === 429 || status >= 500) {
      throw new DeviceServiceError('unreachable', `${at} answers with status ${status}; see its log`);
    }
    if (status === 404 || status < 400) throw this.#unexpected(`its status is ${status}`);
    throw new DeviceServiceError('refused', `${at} refuses the request with status ${status}`);
  }

  #unexpected(reason: string): DeviceServiceError {
    const message = `the answer of ${this.#url} is not that of a cloud of devices: ${reason}; check --cloud`;
    return new DeviceServiceError('unexpected-answer', message);
  }

  #unreachable(error: unknown): DeviceServiceError {
    const { cause = error } = error as { cause?: unknown };
    const reason = reasonOf(cause) || String((cause as { code?: unknown }).code ?? 'no connection');
    const message = `the cloud at ${this.#url} cannot be reached: ${reason}; check the address and the network`;
    return new DeviceServiceError('unreachable', message, { cause: error });
  }
}

function isResult(result: ConfigItemResult): boolean {
  if (result?.result === 'ok') return typeof result.value === 'string';
  return result?.result === 'keyNotFound' || result?.result === 'serverError';
}

function isApplication({ sid, sha256, politeness }: NonNullable<VersionedWanted['application']>): boolean {
  return (
    typeof sid === 'string' && /^[0-9a-f]{64}$/.test(sha256) && Number.isSafeInteger(politeness) && politeness >= 0
  );
}
