import {
  collectionPath,
  isFinal,
  type NewValue,
  type PresentValues,
  planWrites,
  restPath,
  type StoreName,
  type Unrestored,
  WriteAllError,
  type WritePlan,
} from '../../cloud/index.js';
import type { ConfigKey, Finding, StoredValues } from '../../credentials/index.js';
import { type ConnectOptions, tryConnection } from '../doctor/try-connection.js';
import { removeCommand, undoCommand, writeCommand } from '../output/curl-commands.js';
import { shellWord } from '../output/shell-word.js';
import { withSignals } from '../process/signals.js';
import { UserError } from '../process/user-error.js';
import { type Remedies, remediesFor } from '../services/remedies.js';
import { checkTransport, checkValues, merged } from './provision-checks.js';
import type { How, ProvisionReport, ProvisionSummary } from './provision-events.js';
import { openTarget, type Removal, type Target, type TargetOptions } from './provision-target.js';
import { type ProvisionFiles, storeOf, type ValuesToStore, valuesToStore } from './values-to-store.js';

export interface ProvisionOptions extends ProvisionFiles, TargetOptions, Omit<ConnectOptions, 'now'> {
  connect?: boolean;
  force?: boolean;
  showSecrets?: boolean;
}

/**
 * Provisions a device or an account: turns files and options into values, checks them, and writes all of them or none. Until it
 * writes, a signal ends the process at once; after that, SIGINT and SIGTERM undo what was written.
 *
 * @throws UserError, CredentialFileError, StoreError, CloudClientError, WriteAllError; then the old values are still
 *   there, except for those that WriteAllError names
 */
export async function provision(options: ProvisionOptions, report: ProvisionReport): Promise<void> {
  let run: ProvisionRun | undefined;
  try {
    const wanted = await valuesToStore(options);
    const target = await openTarget(options, process.env);
    run = new ProvisionRun(options, wanted, target, report);
    await run.go();
  } catch (error) {
    reportError(error as Error, report, run);
    throw error;
  } finally {
    await run?.end();
  }
}

function reportError(error: Error, report: ProvisionReport, run?: ProvisionRun): void {
  const unrestored = error instanceof WriteAllError ? error.unrestored : [];
  report({
    event: 'error',
    message: error.message,
    unrestored: unrestored.map(({ write: { store, key }, holds }) => ({ store, key, holds })),
    undo: run?.undo(unrestored) ?? [],
  });
  run?.failed();
}

class ProvisionRun {
  readonly #options: ProvisionOptions;
  readonly #wanted: ValuesToStore;
  readonly #target: Target;
  readonly #report: ProvisionReport;
  readonly #summary: ProvisionSummary;

  constructor(options: ProvisionOptions, wanted: ValuesToStore, target: Target, report: ProvisionReport) {
    this.#options = options;
    this.#wanted = wanted;
    this.#target = target;
    this.#report = report;
    const { scope, name } = target;
    this.#summary = {
      event: 'summary',
      target: name,
      scope: scope?.kind ?? 'device',
      ...(scope?.kind !== 'account' && { deviceSid: scope?.deviceSid ?? 'MV_DEVICE_SID' }),
      dryRun: Boolean(options.dryRun),
      created: 0,
      updated: 0,
      unchanged: 0,
      removed: 0,
      errors: 0,
      warnings: 0,
    };
  }

  async go(): Promise<void> {
    const [target, options, { values, given }] = [this.#target, this.#options, this.#wanted];
    this.#stopAt(checkTransport(options.cloud)); // before the token is sent
    const removals = await this.#removals();
    const present = without(await target.read(), removals);
    this.#checkValues(merged(present, given));
    if (options.connect) await this.#connect(merged(present, values));
    const plan = planWrites(present, values);
    if (options.dryRun) this.#commands(plan, removals);
    else await withSignals((stop) => target.write(plan, removals, stop));
    for (const removal of removals) this.#done('removed', { ...removal, value: '' });
    for (const write of plan.writes) this.#done(write.how === 'create' ? 'created' : 'updated', write);
    for (const value of plan.unchanged) this.#done('unchanged', value);
  }

  /** The commands that put old values back, except for secrets, whose old values are unknown. */
  undo(unrestored: readonly Unrestored[]): string[] {
    return unrestored
      .filter(({ write }) => !isFinal(write))
      .map(({ write }) => undoCommand(write, this.#address(write.store)));
  }

  failed(): void {
    this.#summary.errors ||= 1;
  }

  async end(): Promise<void> {
    this.#report(this.#summary);
    await this.#target.close();
  }

  /** The values of the embedded broker, which would mislead a device that is sent to another broker. */
  async #removals(): Promise<Removal[]> {
    const isWritten = (key: ConfigKey) => this.#wanted.values.some((value) => value.key === key);
    if (!isWritten('broker-host')) return [];
    const embedded = await this.#target.embedded();
    return embedded.filter((key) => !isWritten(key)).map((key) => ({ store: storeOf(key), key }));
  }

  #remedies(): Remedies | Pick<Remedies, 'provision'> {
    const { scope, url, usualDevice } = this.#target;
    return scope ? remediesFor(this.#options, scope, url, usualDevice) : { provision: 'wasmqtt provision' };
  }

  #checkValues(values: StoredValues): void {
    this.#stopAt(checkValues(values, this.#wanted, this.#options, this.#remedies()));
  }

  /** Whether the broker accepts the values. */
  async #connect(values: StoredValues): Promise<void> {
    const options = this.#options;
    const { scope, usualDevice } = this.#target;
    const found: Finding[] = [];
    const deviceSid = (scope?.kind === 'device' && scope.deviceSid) || options.deviceSid || usualDevice || 'wasmqtt';
    await tryConnection({ values, deviceSid, ...this.#remedies() }, { ...options, now: new Date() }, (event) => {
      if (event.event === 'finding') found.push(event);
      else if (event.event === 'step') this.#report(event);
    });
    this.#stopAt(found);
  }

  /** Reports findings. @throws UserError when there are errors, unless --force is given */
  #stopAt(findings: readonly Finding[]): void {
    for (const finding of findings) this.#report({ event: 'finding', ...finding });
    const errors = findings.filter(({ severity }) => severity === 'error').length;
    this.#summary.errors += errors;
    this.#summary.warnings += findings.length - errors;
    if (errors === 0 || this.#options.force) return;
    const number = errors === 1 ? 'there is an error' : `there are ${errors} errors`;
    throw new UserError(`${number}, see above; nothing was written; --force writes all the same`);
  }

  #commands(plan: WritePlan, removals: readonly Removal[]): void {
    for (const { store, key } of removals) {
      this.#report({ event: 'command', store, key, command: removeCommand(key, this.#address(store)) });
    }
    for (const write of plan.writes) {
      const { store, key } = write;
      const source = this.#options.showSecrets ? undefined : this.#wanted.sources[key as ConfigKey];
      this.#report({ event: 'command', store, key, command: writeCommand(write, this.#address(store), source) });
    }
  }

  /** The address of a collection, quoted for the shell. */
  #address(store: StoreName): string {
    const { url, scope } = this.#target;
    if (scope) return shellWord(url + restPath(collectionPath(scope, store)));
    return `${shellWord(url)}/Devices/"\${MV_DEVICE_SID}"${restPath(collectionPath({ kind: 'account' }, store))}`;
  }

  #done(how: How, { store, key, value }: NewValue): void {
    this.#summary[how]++;
    if (this.#options.dryRun) return;
    const shown = store === 'configs' && value.length <= 100 && how !== 'removed' ? { value } : {};
    this.#report({ event: 'value', how, store, key, ...shown, characters: value.length });
  }
}

function without(present: PresentValues, removals: readonly Removal[]): PresentValues {
  const kept = <T>(store: StoreName, values: ReadonlyMap<string, T>) =>
    new Map([...values].filter(([key]) => !removals.some((removal) => removal.store === store && removal.key === key)));
  return { configs: kept('configs', present.configs), secrets: kept('secrets', present.secrets) };
}
