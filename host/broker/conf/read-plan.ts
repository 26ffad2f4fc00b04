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
 *
 * @example
 * ```ts
 * import { writeFileSync } from 'node:fs';
 * import { type AccessTables, type BehaviourPlan, type BridgePlan, type BrokerPlan, type Finding } from 'wasmqtt/broker';
 * import { type LimitsPlan, type ListenerPlan, type LogPlan, type LogType, type PersistencePlan } from 'wasmqtt/broker';
 * import type { BridgeTlsPlan, BridgeTopicPlan, PlannedFile, ReadPlan, SecurityPlan, TlsPlan } from 'wasmqtt/broker';
 * import { readBrokerPlan } from 'wasmqtt/broker';
 *
 * writeFileSync('mosquitto.conf', `
 * listener 8883 127.0.0.1
 * certfile device.pem
 * keyfile device.key
 * allow_anonymous true
 * max_queued_messages 100
 * persistence true
 * persistence_location .
 * log_type error
 * connection up
 * address broker.example.com:8883
 * topic sensor/# out 1
 * bridge_cafile ca.pem
 * `);
 * const read: ReadPlan = readBrokerPlan('mosquitto.conf');
 * const plan: BrokerPlan = read.plan;
 * const [listener]: readonly ListenerPlan[] = plan.listeners;
 * const security: SecurityPlan = listener.security;
 * const tls: TlsPlan | undefined = listener.tls;
 * const certificate: PlannedFile | undefined = tls?.certificate;
 * [listener.port, security.allowAnonymous, certificate?.path.endsWith('device.pem')]; // => [ 8883, true, true ]
 * const limits: LimitsPlan = plan.limits;
 * const behaviour: BehaviourPlan = plan.behaviour;
 * const kept: PersistencePlan | undefined = plan.persistence;
 * [limits.queuedMessages, behaviour.retainAvailable, kept !== undefined]; // => [ 100, true, true ]
 * const log: LogPlan = plan.log;
 * const wanted: LogType[] = [...log.types];
 * wanted; // => [ 'error' ]
 * const [bridge]: readonly BridgePlan[] = plan.bridges;
 * const [topic]: readonly BridgeTopicPlan[] = bridge.topics;
 * const far: BridgeTlsPlan | undefined = bridge.tls;
 * [topic.filter, far?.insecure]; // => [ 'sensor/#', false ]
 * const access: AccessTables = read.access;
 * const warnings: readonly Finding[] = read.warnings;
 * [access.passwords.size, warnings.length]; // => [ 0, 0 ]
 * ```
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
