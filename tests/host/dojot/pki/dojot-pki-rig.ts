import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll } from 'vitest';
import { MASTER_KEY_FILE, MasterKeyFile, openSealed, type StoreError } from '../../../../host/cloud/index.js';
import { type DojotPkiOptions, startDojotPki, Users } from '../../../../host/dojot/pki/index.js';
import { placeOf } from '../../cloud/postgres/postgres-place.js';

export const PASSWORD = 'password';

export interface CallOptions {
  /** sent as JSON, unless it is a text */
  body?: unknown;
  /** undefined for none */
  token?: string;
  /** the listener without tokens */
  internal?: boolean;
  headers?: Record<string, string>;
}

export type PkiRig = Awaited<ReturnType<typeof openPki>>;

/**
 * A PKI for the tests of one file, which ends with them: making a CA takes a while. Users `user` (an admin), `reader` (group `user`),
 * both of the tenant `admin`, and `other`, an admin of the tenant `plant`.
 *
 * @param folder default a new one
 */
export async function openPki(
  options: Partial<DojotPkiOptions> = {},
  folder = mkdtempSync(join(tmpdir(), 'wasmqtt-dojot-')),
) {
  const clock = { ahead: 0 };
  const now = () => Date.now() + clock.ahead;
  const engine = await openSealed(placeOf(folder), { masterKey: new MasterKeyFile(join(folder, MASTER_KEY_FILE)) });
  const users = new Users(engine, now);
  for (const [name, tenant, group] of [
    ['user', 'admin', 'admin'],
    ['reader', 'admin', 'user'],
    ['other', 'plant', 'admin'],
  ] as const) {
    await users.add(name, tenant, group, PASSWORD).catch((error: StoreError) => {
      // Another rig over the same store was first.
      if (error.code !== 'already-exists') throw error;
    });
  }
  const pki = await startDojotPki({ engine, generation: 1, internalPort: 0, now, ...options });
  const close = async () => {
    await pki.close();
    await engine.close();
    rmSync(folder, { recursive: true, force: true });
  };
  afterAll(close);

  async function call(method: string, path: string, { body, token, internal, headers }: CallOptions = {}) {
    const response = await fetch(`${internal ? pki.internalUrl : pki.url}${path}`, {
      method,
      body: body === undefined || typeof body === 'string' ? (body as string | undefined) : JSON.stringify(body),
      headers: {
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
        ...headers,
      },
    });
    const text = await response.text();
    const isJson = response.headers.get('content-type')?.startsWith('application/json') && text !== '';
    return { status: response.status, headers: response.headers, text, json: isJson ? JSON.parse(text) : undefined };
  }

  async function logIn(username = 'user'): Promise<string> {
    const { json } = await call('POST', '/auth', { body: { username, passwd: PASSWORD } });
    return json.jwt;
  }

  /** Makes an entity and has a request signed for it, at the internal listener. @returns the certificate in DER */
  async function enrol(name: string, csr: Uint8Array): Promise<Buffer> {
    await call('POST', '/user', { internal: true, body: { username: name } });
    const body = { certificate: Buffer.from(csr).toString('base64'), passwd: 'dojot' };
    const { status, json, text } = await call('POST', `/sign/${name}/pkcs10`, { internal: true, body });
    if (status !== 200) throw new Error(text);
    return Buffer.from(json.status.data, 'base64');
  }
  return { pki, engine, users, clock, folder, call, logIn, enrol };
}
