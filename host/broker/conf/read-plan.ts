import { type AccessTables, checkFiles } from './check-files.js';
import { ConfigError, type Finding, Findings } from './findings.js';
import { type ConfigFiles, diskFiles, readConfigLines } from './lines.js';
import { parseConfig } from './parse.js';
import type { BrokerPlan } from './plan.js';
import { type PlanOptions, toBroker } from './to-broker.js';

export interface ReadPlan {
  readonly plan: BrokerPlan;
  /** What its password and ACL files say. */
  readonly access: AccessTables;
  /** What is odd but can be used. */
  readonly warnings: readonly Finding[];
}

/**
 * Reads a `mosquitto.conf`, what it includes and the files that it names. Nothing is opened or changed.
 *
 * @param path undefined for the defaults: this machine only, port 1883
 * @param files where files come from; default: the disk
 * @throws ConfigError with all mistakes, each with its file, line and column
 */
export function readBrokerPlan(
  path: string | undefined,
  options: PlanOptions = {},
  files: ConfigFiles = diskFiles,
): ReadPlan {
  const findings = new Findings();
  const lines = path === undefined ? [] : readConfigLines(path, files, findings);
  const plan = toBroker(parseConfig(lines, findings), findings, options);
  const access = checkFiles(plan, files, findings);
  if (findings.hasErrors) throw new ConfigError(findings.list);
  return { plan, access, warnings: findings.list };
}
