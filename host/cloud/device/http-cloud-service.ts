import type { ConfigItem, ConfigItemResult, DeviceReport } from '../../microvisor/index.js';
import { parseJson } from '../../node/json-depth.js';
import { reasonOf } from '../../node/reason.js';
import { cloudAddress } from '../client/cloud-address.js';
import { type CloudService, CloudServiceError, type LogDelivery, type VersionedWanted } from './cloud-service.js';
import { DeviceHttp, type HttpAnswer, type HttpCall } from './device-http.js';
import { DEVICE_PATH, type LogBody, type ReportBody } from './device-protocol.js';

/** Milliseconds within which a call must be answered; a server keeps who waits for changes shorter than the second of them. */
const TIMEOUT = 30_000;
const WAIT_TIMEOUT = 120_000;

/**
 * The cloud behind an address, as a device with a key uses it.
 *
 * @example
 * ```ts
 * import { HttpCloudService, Store, startCloud } from 'wasmqtt/cloud';
 *
 * const store = await Store.open('store-http');
 * const { accountSid, deviceSid } = await store.ensureDefaultAccount();
 * await store.values(accountSid).create({ kind: 'account' }, 'secrets', 'token', 's3cret');
 * const { key } = await store.deviceKeys(accountSid).create(deviceSid);
 * const cloud = await startCloud({ store });
 * const service = new HttpCloudService(cloud.url, key);
 * await service.fetch([{ scope: 'account', store: 'secret', key: 'token' }]); // => [ { result: 'ok', value: 's3cret' } ]
 * await cloud.close();
 * await store.close();
 * ```
 */
export class HttpCloudService implements CloudService {
  readonly #url: string;
  readonly #http: DeviceHttp;

  /**
   * @param url base address of the cloud, with or without `/v1`
   * @param key a device key
   * @param ca root certificates for https, PEM; default those of Node
   * @throws CloudClientError `invalid-address`
   */
  constructor(url: string, key: string, ca?: string) {
    this.#url = `${cloudAddress(url).slice(0, -'/v1'.length)}${DEVICE_PATH}`;
    this.#http = new DeviceHttp(this.#url, { authorization: `Bearer ${key}` }, ca);
  }

  async fetch(items: readonly ConfigItem[]): Promise<ConfigItemResult[]> {
    const answer = await this.#call({ method: 'POST', path: '/fetch', body: { items }, timeout: TIMEOUT });
    const { results } = this.#json<{ results?: ConfigItemResult[] }>(answer);
    if (Array.isArray(results) && results.length === items.length && results.every(isResult)) return results;
    throw this.#unexpected('there are no results in it');
  }

  async wanted(known: number | undefined, signal: AbortSignal): Promise<VersionedWanted> {
    const path = `/wanted${known === undefined ? '' : `?known=${known}`}`;
    const answer = await this.#call({ method: 'GET', path, timeout: WAIT_TIMEOUT, signal });
    const { version, restarts, logging, application } = this.#json<VersionedWanted>(answer);
    const isWanted = Number.isSafeInteger(version) && Number.isSafeInteger(restarts) && typeof logging === 'boolean';
    if (!isWanted || (application && !isApplication(application))) throw this.#unexpected('it is not complete');
    return { version, restarts, logging, application };
  }

  async application(sha256: string): Promise<Uint8Array | undefined> {
    const answer = await this.#send({ method: 'GET', path: `/applications/${sha256}`, timeout: TIMEOUT });
    return answer.status === 404 ? undefined : this.#checked(answer).body;
  }

  async report(report: DeviceReport): Promise<void> {
    const body: ReportBody =
      'failed' in report
        ? { failed: { sha256: report.failed.sha256 }, reason: report.reason }
        : { running: report.running ? { sid: report.running.sid, sha256: report.running.sha256 } : {} };
    await this.#call({ method: 'POST', path: '/report', body, timeout: TIMEOUT });
  }

  async log({ source, number, lines }: LogDelivery): Promise<void> {
    const body: LogBody = { source, number, lines: lines.map(({ date, text }) => ({ date: date.getTime(), text })) };
    await this.#call({ method: 'POST', path: '/log', body, timeout: TIMEOUT });
  }

  async #call(call: HttpCall): Promise<HttpAnswer> {
    return this.#checked(await this.#send(call));
  }

  async #send(call: HttpCall): Promise<HttpAnswer> {
    try {
      return await this.#http.call(call);
    } catch (error) {
      const reason = reasonOf(error) || String((error as { code?: unknown }).code ?? 'no connection');
      const message = `the cloud at ${this.#url} cannot be reached: ${reason}; check the address and the network`;
      throw new CloudServiceError('unreachable', message, { cause: error });
    }
  }

  #checked(answer: HttpAnswer): HttpAnswer {
    const { status } = answer;
    if (status >= 200 && status < 300) return answer;
    const at = `the cloud at ${this.#url}`;
    if (status === 401 || status === 403) {
      const advice = 'check --device-key, or make a key with "wasmqtt cloud device create-key"';
      throw new CloudServiceError('unauthorized', `${at} does not accept the device key (status ${status}); ${advice}`);
    }
    if (status === 408 || status === 429 || status >= 500) {
      throw new CloudServiceError('unreachable', `${at} answers with status ${status}; see its log`);
    }
    if (status === 404 || status < 400) throw this.#unexpected(`its status is ${status}`);
    throw new CloudServiceError('refused', `${at} refuses the request with status ${status}`);
  }

  #json<T>({ body }: HttpAnswer): T {
    try {
      const answer = parseJson(body.toString());
      if (typeof answer === 'object' && answer !== null) return answer as T;
    } catch {
      // reported below
    }
    throw this.#unexpected('it is not a JSON object');
  }

  #unexpected(reason: string): CloudServiceError {
    const message = `the answer of ${this.#url} is not that of a cloud of devices: ${reason}; check --cloud`;
    return new CloudServiceError('unexpected-answer', message);
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
