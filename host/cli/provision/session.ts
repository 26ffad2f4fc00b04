import {
  cloudAddress,
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
import { examine } from '../../credentials/examine.js';
import type { Finding } from '../../credentials/finding.js';
import type { ConfigKey } from '../../credentials/keys.js';
import { UsageError, UserError } from '../errors.js';
import { shellWord } from '../shell.js';
import { removeCommand, undoCommand, writeCommand } from './curl.js';
import type { How, Report, Summary } from './report.js';
import { openTarget, type Removal, type Target, type TargetOptions } from './target.js';
import { type GivenValues, givenValues, type ProvisionFiles, placeOf, storeOf } from './values.js';

export interface ProvisionOptions extends ProvisionFiles, TargetOptions {
  warnDays: number;
  force?: boolean;
  showSecrets?: boolean;
}

/**
 * One provisioning: files and options to values, checks, and all values written or none.
 *
 * @throws UsageError, UserError, CredentialFileError, StoreError, CloudClientError, WriteAllError; whatever is thrown, the
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
    if (!(error instanceof UsageError)) reportError(error as Error, report, run);
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
    const removals = this.#removals();
    const present = without(await target.read(), removals);
    const blocking = this.#check(present);
    if (blocking > 0 && !options.force) {
      const errors = blocking === 1 ? 'an error' : `${blocking} errors`;
      throw new UserError(`the values have ${errors}, see above; nothing was written; --force writes them as they are`);
    }
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

  /** Reports what is wrong with the scope as it would be. @returns how many errors are in the values that are given */
  #check(present: PresentValues): number {
    const { options, given } = this;
    const labels = given.values.map(({ key }) => placeOf(key, options) ?? key);
    const isGiven = ({ where }: Finding) => labels.some((label) => where === label || where.startsWith(`${label}, `));
    const now = new Date();
    const found = examine(merged(present, given.values), {
      now,
      warnDays: options.warnDays,
      label: (key) => placeOf(key as ConfigKey, options),
    });
    // What is wrong elsewhere in the scope is told, but is no reason not to write what is right.
    const findings = [...this.#transport(), ...found].map((finding): Finding => {
      return finding.severity === 'error' && !isGiven(finding) && finding.trap !== PLAIN
        ? { ...finding, severity: 'warning' }
        : finding;
    });
    for (const finding of findings) this.report({ event: 'finding', ...finding });
    const errors = findings.filter(({ severity }) => severity === 'error').length;
    this.#summary.errors += errors;
    this.#summary.warnings += findings.length - errors;
    return errors;
  }

  /** Over plain HTTP everybody on the way reads the token and the secrets. */
  #transport(): Finding[] {
    if (this.options.cloud === undefined) return [];
    const { protocol, hostname } = new URL(cloudAddress(this.options.cloud));
    if (protocol === 'https:' || /^(localhost|127\.[\d.]+|\[::1\])$/.test(hostname)) return [];
    return [
      {
        severity: 'error',
        trap: PLAIN,
        where: `--cloud ${this.options.cloud}`,
        what: 'The address is plain HTTP to another machine.',
        why: 'Everybody on the way can read the token, the private key and the password.',
        remedy: 'give an address that begins with https://',
      },
    ];
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

const PLAIN = 'plain-http';

function without(present: PresentValues, removals: readonly Removal[]): PresentValues {
  const kept = <T>(store: StoreName, values: ReadonlyMap<string, T>) =>
    new Map([...values].filter(([key]) => !removals.some((removal) => removal.store === store && removal.key === key)));
  return { configs: kept('configs', present.configs), secrets: kept('secrets', present.secrets) };
}

/** What the scope would hold; a secret that cannot be read is known by its name. */
function merged(present: PresentValues, values: readonly NewValue[]) {
  const configs = new Map(present.configs);
  const secrets = new Map<string, string>();
  const hiddenSecrets = new Set<string>();
  for (const [key, value] of present.secrets) {
    if (value === undefined) hiddenSecrets.add(key);
    else secrets.set(key, value);
  }
  for (const { store, key, value } of values) (store === 'configs' ? configs : secrets).set(key, value);
  return { configs, secrets, hiddenSecrets };
}
