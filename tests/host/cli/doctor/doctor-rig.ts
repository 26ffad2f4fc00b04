import { join } from 'node:path';
import { expect } from 'vitest';
import { type Change, type Scope, Store } from '../../../../host/cloud/index.js';
import type { Finding } from '../../../../host/credentials/index.js';
import { Command, type JsonEvent } from '../../../interop/command.js';
import { temporaryFolder } from '../../../interop/temporary.js';
import { splitPlace } from '../../credentials/trap-case.js';

/** What a run of `wasmqtt doctor --json` reported. */
export interface DoctorResult {
  code: number | null;
  stderr: string;
  findings: Finding[];
  steps: JsonEvent[];
  summary: JsonEvent;
}

/** A working folder with a store, as `wasmqtt run` leaves one, and runs of `wasmqtt doctor` in it. */
export class DoctorRig implements Disposable {
  readonly #temporary = temporaryFolder();
  #command: Command | undefined;

  get folder(): string {
    return this.#temporary.folder;
  }

  /** Stores values by place, as `config root-CA`. @returns the SID of the device */
  async fill(values: Record<string, string>, scope: Scope['kind'] = 'device'): Promise<string> {
    const store = await Store.open(join(this.folder, '.wasmqtt', 'store'));
    const { accountSid, deviceSid } = await store.ensureDefaultAccount();
    const where: Scope = scope === 'device' ? { kind: 'device', deviceSid } : { kind: 'account' };
    const changes = Object.entries(values).map(([place, value]): Change => {
      const { store: kind, name } = splitPlace(place);
      return { op: 'set', scope: where, store: `${kind}s`, key: name, value };
    });
    await store.values(accountSid).write(changes);
    await store.close();
    return deviceSid;
  }

  /** Runs it to its end; standard output must be JSON alone, the last line the summary. */
  async doctor(args: readonly string[] = [], env: Record<string, string> = {}): Promise<DoctorResult> {
    this.#command = new Command(['doctor', '--json', ...args], env, this.folder);
    const { code, stderr } = await this.#command.ended;
    const { events } = this.#command;
    const findings = events.filter(({ event }) => event === 'finding') as unknown as Finding[];
    const steps = events.filter(({ event }) => event === 'step');
    const summary = events.at(-1) as JsonEvent;
    expect(summary, stderr).toMatchObject({ event: 'summary' });
    expect(events).toHaveLength(findings.length + steps.length + 1);
    const errors = findings.filter(({ severity }) => severity === 'error').length;
    expect(summary).toMatchObject({ errors, warnings: findings.length - errors });
    const sentence = `wasmqtt: ${errors === 1 ? 'one error' : `${errors} errors`}; fix what is reported above\n`;
    expect({ code, stderr }).toEqual(errors > 0 ? { code: 1, stderr: sentence } : { code: 0, stderr: '' });
    return { code, stderr, findings, steps, summary };
  }

  /** Runs it as it is for people. */
  text(args: readonly string[] = [], env: Record<string, string> = {}) {
    this.#command = new Command(['doctor', ...args], env, this.folder);
    return this.#command.ended;
  }

  [Symbol.dispose](): void {
    this.#command?.signal('SIGKILL');
    this.#temporary.remove();
  }
}
