import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import process from 'node:process';
import { expect } from 'vitest';
import type { Change, Scope, StoreName } from '../../../../host/cloud/index.js';
import { Authority } from '../../../interop/authority.js';
import { Command, type JsonEvent } from '../../../interop/command.js';
import { temporaryFolder } from '../../../interop/temporary.js';
import { withLocalValues } from '../local-values.js';

export const DEVICE_SID = `UV${'ba'.repeat(16)}`;
const SCOPES: Scope[] = [{ kind: 'account' }, { kind: 'device', deviceSid: DEVICE_SID }];
const STORES: StoreName[] = ['configs', 'secrets'];
const SECRETS = ['private_key', 'password'];

/** Values by key, as the documents name them. */
export type Values = Record<string, string>;

/** Certificates and keys, good and bad in every way that the tests need. */
export function makeCredentials(): Authority {
  const authority = new Authority()
    .issue('server', { names: 'DNS:localhost' })
    .issue('elsewhere', { names: 'DNS:elsewhere.invalid' })
    .issue('outdated', { names: 'DNS:localhost', from: -3, to: -1 })
    .issue('device')
    .issue('other')
    .issue('expired', { from: -3, to: -1 })
    .issue('early', { from: 1, to: 2 })
    .issue('rsa', { key: 'rsa' })
    .issue('k1', { key: 'secp256k1' })
    .issue('no-name', { subject: '/O=Pumps' })
    .issue('small', { key: 'rsa512' })
    .toDer('k1')
    .toDer('ca', 'device', 'other', 'expired', 'early', 'rsa');
  authority.openssl('rsa', '-traditional', '-in', 'rsa.key', '-out', 'pkcs1.key');
  authority.openssl('rsa', '-traditional', '-in', 'rsa.key', '-outform', 'der', '-out', 'pkcs1.der');
  authority.openssl('ec', '-in', 'device.key', '-out', 'sec1.key');
  authority.openssl('ec', '-in', 'device.key', '-outform', 'der', '-out', 'sec1.der');
  const encrypt = ['pkcs8', '-topk8', '-in', 'device.key', '-passout', 'pass:secret'];
  authority.openssl(...encrypt, '-out', 'encrypted.key');
  authority.openssl(...encrypt, '-outform', 'der', '-out', 'encrypted.der');
  const large = ['-x509', '-newkey', 'rsa:4096', '-nodes', '-keyout', 'large.key', '-subj', '/CN=large'];
  authority.openssl('req', ...large, '-addext', 'basicConstraints=critical,CA:FALSE', '-out', 'large.pem');
  authority.openssl('genpkey', '-algorithm', 'ED25519', '-out', 'tiny.key');
  authority.openssl('req', '-new', '-key', 'tiny.key', '-subj', '/CN=t', '-out', 'tiny.csr');
  authority.openssl('x509', '-req', '-in', 'tiny.csr', '-signkey', 'tiny.key', '-set_serial', '1', '-out', 'tiny.pem');
  authority.toDer('tiny');
  const bundle = (...names: string[]) => Buffer.concat(names.map((name) => authority.read(name)));
  authority.write('gap.pem', bundle('device.pem', 'other.pem'));
  authority.write('no-root.pem', bundle('expired.pem', 'early.pem'));
  return authority;
}

/** A data folder that is filled, used by one failing run, and compared. */
export class BadRun implements Disposable {
  readonly #temporary = temporaryFolder();
  #command: Command | undefined;

  /** What the run found odd. */
  get findings(): JsonEvent[] {
    return this.#command?.events.filter(({ event }) => event === 'finding') ?? [];
  }

  get data(): string {
    return join(this.#temporary.folder, 'data');
  }

  /** Writes a file for an option. @returns its path */
  file(name: string, content: string | Buffer): string {
    const path = join(this.#temporary.folder, name);
    writeFileSync(path, content);
    return path;
  }

  async fill(values: Values): Promise<void> {
    const [account, device] = SCOPES;
    const changes = Object.entries(values).map(([key, value]): Change => {
      return { op: 'set', scope: device, store: SECRETS.includes(key) ? 'secrets' : 'configs', key, value };
    });
    // Values that have nothing to do with the run.
    changes.push({ op: 'set', scope: account, store: 'secrets', key: 'note', value: 'kept' });
    changes.push({ op: 'set', scope: device, store: 'configs', key: 'colour', value: 'blau\n' });
    mkdirSync(this.data);
    await withLocalValues(this.data, (local) => local.write(changes));
  }

  /** Every value in the store with its date. */
  async values(): Promise<unknown[]> {
    return withLocalValues(this.data, (local) =>
      Promise.all(SCOPES.flatMap((scope) => STORES.map((name) => local.list(scope, name)))),
    );
  }

  /**
   * Runs the device, which must fail as every command does: exit code 1, one sentence on standard error, JSON alone on
   * standard output with the same sentence and the summary, the stores as they were.
   *
   * @returns the sentence
   */
  async fail(args: readonly string[]): Promise<string> {
    const before = await this.values();
    const sentence = await this.run(args);
    expect(await this.values()).toEqual(before);
    return sentence;
  }

  async run(args: readonly string[]): Promise<string> {
    const common = ['run', '--json', '--data', this.data, '--cloud-port', '0', '--device-sid', DEVICE_SID];
    this.#command = new Command([...common, ...args]);
    const { code, stderr } = await this.#command.ended;
    if (process.env.SHOW) console.log(stderr.trimEnd());
    expect(stderr).toMatch(/^wasmqtt: [^\n]+\n$/);
    const sentence = stderr.slice('wasmqtt: '.length, -1);
    expect({ code, sentence }).toEqual({
      code: 1,
      sentence: expect.not.stringMatching(/internal error|\bat .*:\d+:\d+/),
    });
    expect(sentence.length, sentence).toBeLessThan(320);
    const { events } = this.#command;
    expect(events.at(-1)).toMatchObject({ event: 'summary', published: 0, received: 0, errors: 1 });
    expect(events.filter(({ event }) => event === 'error')).toEqual([
      { event: 'error', message: sentence, final: true },
    ]);
    return sentence;
  }

  [Symbol.dispose](): void {
    this.#command?.signal('SIGKILL');
    this.#temporary.remove();
  }
}
