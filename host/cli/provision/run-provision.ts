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
import { type ConnectOptions, connect } from '../doctor/try-connection.js';
import { removeCommand, undoCommand, writeCommand } from '../output/curl-commands.js';
import { shellWord } from '../output/shell-word.js';
import { remediesFor } from '../services/remedies.js';
import { UserError } from '../user-error.js';
import { checkTransport, checkValues, merged } from './provision-checks.js';
import type { How, Report, Summary } from './provision-reporter.js';
import { openTarget, type Removal, type Target, type TargetOptions } from './provision-target.js';
import { type GivenValues, givenValues, type ProvisionFiles, storeOf } from './values-to-store.js';

export interface ProvisionOptions extends ProvisionFiles, TargetOptions, Omit<ConnectOptions, 'now'> {
  connect?: boolean;
  force?: boolean;
  showSecrets?: boolean;
}

/**
 * One provisioning: files and options to values, checks, and all values written or none.
 *
 * @throws UserError, CredentialFileError, StoreError, CloudClientError, WriteAllError; whatever is thrown, the
 *   old values stand, but for what WriteAllError tells
 */
export async function provision(options: ProvisionOptions, report: Report, signal: AbortSignal): Promise<void> {
  let run: Run | undefined;
  try {
    const given = await givenValues(options);
    const target = await openTarget(options, process.env);
    run = new Run(options, given, target, report);
    await run.go(signal);
  } catch (error) {
    reportError(error as Error, report, run);
    throw error;
  } finally {
    await run?.end();
  }
}

function reportError(error: Error, report: Report, run?: Run): void {
  const unrestored = error instanceof WriteAllError ? error.unrestored : [];
  report({
    event: 'error',
    message: error.message,
    unrestored: unrestored.map(({ write: { store, key }, holds }) => ({ store, key, holds })),
    undo: run?.undo(unrestored) ?? [],
  });
  run?.failed();
}

class Run {
  readonly #summary: Summary;

  constructor(
    private readonly options: ProvisionOptions,
    private readonly given: GivenValues,
    private readonly target: Target,
    private readonly report: Report,
  ) {
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

  async go(signal: AbortSignal): Promise<void> {
    const { target, options, given } = this;
    this.#stopAt(checkTransport(options.cloud)); // before the token is sent
    const removals = this.#removals();
    const present = without(await target.read(), removals);
    await this.#check(merged(present, given.values));
    const plan = planWrites(present, given.values);
    if (options.dryRun) this.#commands(plan, removals);
    else await target.write(plan, removals, signal);
    for (const removal of removals) this.#done('removed', { ...removal, value: '' });
    for (const write of plan.writes) this.#done(write.how === 'create' ? 'created' : 'updated', write);
    for (const value of plan.unchanged) this.#done('unchanged', value);
  }

  /** The commands that put back what can be: nobody knows the old value of a secret. */
  undo(unrestored: readonly Unrestored[]): string[] {
    return unrestored
      .filter(({ write }) => !isFinal(write))
      .map(({ write }) => undoCommand(write, this.#address(write.store)));
  }

  failed(): void {
    this.#summary.errors ||= 1;
  }

  async end(): Promise<void> {
    this.report(this.#summary);
    await this.target.close();
  }

  /** What belongs to the embedded broker misleads a device that is sent to another one. */
  #removals(): Removal[] {
    const { values } = this.given;
    const isGiven = (key: ConfigKey) => values.some((value) => value.key === key);
    if (!isGiven('broker-host')) return [];
    return this.target
      .embedded()
      .filter((key) => !isGiven(key))
      .map((key) => ({ store: storeOf(key), key }));
  }

  /** Checks the values, and with --connect what the broker says to them. */
  async #check(values: StoredValues): Promise<void> {
    const { options, given, target, report } = this;
    const { scope, url, usualDevice } = target;
    const remedies = scope ? remediesFor(options, scope, url, usualDevice) : { provision: 'wasmqtt provision' };
    this.#stopAt(checkValues(values, given, options, remedies));
    if (!options.connect) return;
    const found: Finding[] = [];
    const deviceSid = (scope?.kind === 'device' && scope.deviceSid) || options.deviceSid || usualDevice || 'wasmqtt';
    await connect({ values, deviceSid, ...remedies }, { ...options, now: new Date() }, (event) => {
      if (event.event === 'finding') found.push(event);
      else if (event.event === 'step') report(event);
    });
    this.#stopAt(found);
  }

  /** Tells findings. @throws UserError when there are errors, unless --force is given */
  #stopAt(findings: readonly Finding[]): void {
    for (const finding of findings) this.report({ event: 'finding', ...finding });
    const errors = findings.filter(({ severity }) => severity === 'error').length;
    this.#summary.errors += errors;
    this.#summary.warnings += findings.length - errors;
    if (errors === 0 || this.options.force) return;
    const number = errors === 1 ? 'there is an error' : `there are ${errors} errors`;
    throw new UserError(`${number}, see above; nothing was written; --force writes all the same`);
  }

  #commands(plan: WritePlan, removals: readonly Removal[]): void {
    const { options, given, report } = this;
    for (const { store, key } of removals) {
      report({ event: 'command', store, key, command: removeCommand(key, this.#address(store)) });
    }
    for (const write of plan.writes) {
      const { store, key } = write;
      const source = options.showSecrets ? undefined : given.sources[key as ConfigKey];
      report({ event: 'command', store, key, command: writeCommand(write, this.#address(store), source) });
    }
  }

  /** The address of a collection, quoted for the shell. */
  #address(store: StoreName): string {
    const { url, scope } = this.target;
    if (scope) return shellWord(url + restPath(collectionPath(scope, store)));
    return `${shellWord(url)}/Devices/"\${MV_DEVICE_SID}"${restPath(collectionPath({ kind: 'account' }, store))}`;
  }

  #done(how: How, { store, key, value }: NewValue): void {
    this.#summary[how]++;
    if (this.options.dryRun) return;
    const shown = store === 'configs' && value.length <= 100 && how !== 'removed' ? { value } : {};
    this.report({ event: 'value', how, store, key, ...shown, characters: value.length });
  }
}

function without(present: PresentValues, removals: readonly Removal[]): PresentValues {
  const kept = <T>(store: StoreName, values: ReadonlyMap<string, T>) =>
    new Map([...values].filter(([key]) => !removals.some((removal) => removal.store === store && removal.key === key)));
  return { configs: kept('configs', present.configs), secrets: kept('secrets', present.secrets) };
}
