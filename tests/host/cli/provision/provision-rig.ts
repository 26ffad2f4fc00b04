import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, expect } from 'vitest';
import type { Change, NewValue, Scope, ValueStore } from '../../../../host/cloud/index.js';
import { Authority } from '../../../interop/authority.js';
import { Command } from '../../../interop/command.js';
import { temporaryFolder } from '../../../interop/temporary.js';
import { undoAfterEach } from '../../../interop/undo.js';
import { withLocalValues } from '../local-values.js';

export const DEVICE_SID = `UV${'cd'.repeat(16)}`;
export const DEVICE: Scope = { kind: 'device', deviceSid: DEVICE_SID };
export const ACCOUNT: Scope = { kind: 'account' };

/** Credentials that are good for the time of the tests; `NAME.pem`, `NAME.key`, `NAME.der`, `NAME.key.der`. */
export let pki: Authority;
export let data: string;
const undo = undoAfterEach();

/** For files of tests of `wasmqtt provision`: credentials for all of them, a data folder for each test. */
export function provisioning(): void {
  beforeAll(() => {
    pki = new Authority('Provision CA', 'ec', 300);
    pki.issue('device', { to: 300 }).issue('other', { to: 300 }).issue('expired', { from: -3, to: -1 });
    pki.issue('rsa', { key: 'rsa', to: 300 }).toDer('ca', 'device', 'other', 'expired', 'rsa');
    pki.issue('k1', { key: 'secp256k1', to: 300 }).issue('small', { key: 'rsa512', to: 300 });
  });
  afterAll(() => pki[Symbol.dispose]());
  beforeEach(() => {
    const temporary = temporaryFolder();
    data = join(temporary.folder, 'data');
    undo.push(temporary.remove);
  });
}

/** Options of a good certificate, key and root. */
export const good = () => [
  ...['--broker-host', 'broker.example.com', '--root-ca', pki.path('ca.pem')],
  ...['--cert', pki.path('device.pem'), '--key', pki.path('device.key')],
];

/** The values that they stand for. */
export const goodValues = (): NewValue[] => [
  { store: 'configs', key: 'broker-host', value: 'broker.example.com' },
  { store: 'configs', key: 'broker-port', value: '8883' },
  { store: 'configs', key: 'cert', value: pki.hex('device.der') },
  { store: 'configs', key: 'root-CA', value: pki.hex('ca.der') },
  { store: 'secrets', key: 'private_key', value: pki.hex('device.key.der') },
];

/** What a store holds before: values that are replaced, and one that is kept. */
export const OLD: NewValue[] = [
  { store: 'configs', key: 'broker-host', value: 'old.example.com' },
  { store: 'configs', key: 'colour', value: 'blue' },
  { store: 'secrets', key: 'private_key', value: 'old' },
];

/** Runs `wasmqtt provision --json` to its end. Whatever happens, no secret is on its outputs. */
export async function provision(args: readonly string[], env: Record<string, string> = {}) {
  const command = new Command(['provision', '--json', '--data', data, '--device-sid', DEVICE_SID, ...args], env);
  undo.push(() => command.kill());
  const { code, stdout, stderr } = await command.ended;
  if (!args.includes('--show-secrets')) {
    for (const name of ['device', 'other', 'rsa']) expect(stdout + stderr).not.toContain(pki.hex(`${name}.key.der`));
  }
  expect(stderr).not.toMatch(/internal error|^ +at /m);
  return { code, stderr, events: command.events, findings: findingsOf(command) };
}

/** `severity trap where`, the folder of the credentials left out. */
function findingsOf(command: Command): string[] {
  const found = command.events.filter(({ event }) => event === 'finding');
  return found.map(({ severity, trap, where }) => `${severity} ${trap} ${where.replace(`${pki.folder}/`, '')}`);
}

/** Fills the local store. */
export async function fill(values: readonly NewValue[], scope: Scope = DEVICE): Promise<void> {
  const changes = values.map((value): Change => ({ op: 'set', scope, ...value }));
  await withLocalValues(data, (local) => local.write(changes));
}

/** All that the local store holds for a scope. */
export async function stored(scope: Scope = DEVICE): Promise<NewValue[]> {
  return withLocalValues(data, (local) => allOf(local, scope));
}

export async function allOf(values: ValueStore, scope: Scope): Promise<NewValue[]> {
  const lists = (['configs', 'secrets'] as const).map(async (store) =>
    (await values.list(scope, store)).map(({ key, value }) => ({ store, key, value })),
  );
  return (await Promise.all(lists)).flat();
}
