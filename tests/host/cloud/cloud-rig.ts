import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import {
  type CloudOptions,
  MASTER_KEY_FILE,
  MasterKeyFile,
  type Scope,
  Store,
  StoreError,
  type StoreErrorCode,
  type StoreOptions,
  startCloud,
  type ValueStore,
} from '../../../host/cloud/index.js';
import { placeOf } from './postgres/postgres-place.js';

export const ACCOUNT: Scope = { kind: 'account' };
export const SID = `UV${'0123456789abcdef'.repeat(2)}`;
export const DEVICE: Scope = { kind: 'device', deviceSid: SID };

/** A folder that is gone when the test is over. */
export function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'wasmqtt-cloud-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

export const ACCOUNT_SID = `AC${'0'.repeat(31)}1`;
export const AUTH_TOKEN = 'f00d'.repeat(8);

export async function openStore(directory = join(temporaryFolder(), 'store'), options?: StoreOptions): Promise<Store> {
  const masterKey = new MasterKeyFile(join(directory, MASTER_KEY_FILE));
  const store = await Store.open(placeOf(directory), { masterKey, ...options });
  onTestFinished(() => store.close());
  return store;
}

/** The values of the account in a store. */
export async function openValues(directory?: string, options?: StoreOptions): Promise<ValueStore> {
  return (await openStore(directory, options)).values(ACCOUNT_SID);
}

/** The StoreError that the action ends in; anything else fails the test. */
export async function storeError(action: () => unknown): Promise<StoreError & { code: StoreErrorCode }> {
  try {
    await action();
  } catch (error) {
    if (error instanceof StoreError) return error;
    throw error;
  }
  throw new Error('the call succeeded, and a StoreError was expected');
}

/** A server over a store of its own with the values of its account, and a client that sends the credentials. */
export async function openCloud(options: Partial<CloudOptions> & StoreOptions = {}) {
  const { now = () => 1_609_504_496_789, store = await openStore(undefined, { now }), ...rest } = options;
  const cloud = await startCloud({ store, accountSid: ACCOUNT_SID, authToken: AUTH_TOKEN, ...rest });
  onTestFinished(() => cloud.close());
  const authorization = `Basic ${btoa(`${ACCOUNT_SID}:${AUTH_TOKEN}`)}`;

  /** `target` is a path below `/v1` or an absolute address; `form` makes a form-encoded body. */
  async function call(method: string, target: string, form?: Record<string, string>, init: RequestInit = {}) {
    const url = target.startsWith('http') ? target : `${cloud.url}/v1${target}`;
    const body = form && new URLSearchParams(form);
    const response = await fetch(url, { method, body, ...init, headers: { authorization, ...init.headers } });
    const text = await response.text();
    return {
      status: response.status,
      headers: response.headers,
      text,
      json: text === '' ? undefined : JSON.parse(text),
    };
  }
  return { store, values: store.values(ACCOUNT_SID), cloud, call };
}
