import { editDistance } from '../../node/edit-distance.js';
import type { Generation } from '../generation.js';
import type { BrokerSettings, CertificateSettings } from './broker-settings.js';
import { BROKER_VARIABLES, type BrokerVariable, type BrokerVariableName, OWN_PREFIXES } from './broker-variables.js';
import { CHECKS, hostsIn, httpAddress, namesIn } from './variable-kinds.js';

/** An environment, as in `process.env`. */
export type Environment = Readonly<Record<string, string | undefined>>;

/** All that is wrong with the variables of an environment: a sentence for each, which names it. */
export class VariableError extends Error {
  readonly problems: readonly string[];

  constructor(problems: readonly string[]) {
    super(problems.join('\n'));
    this.name = 'VariableError';
    this.problems = problems;
  }
}

export interface ReadVariables {
  readonly settings: BrokerSettings;
  /** Variables that are set and without effect: a sentence for each. */
  readonly notes: readonly string[];
}

/** Milliseconds that the PKI may take, where no variable says so. */
const PKI_TIMEOUT = 10_000;

/**
 * Reads the variables of dojot's broker. One that is empty counts as not set, as in dojot's start script.
 *
 * @throws VariableError for unknown ones, those of another generation, and values that cannot be used
 */
export function readVariables(environment: Environment, generation: Generation): ReadVariables {
  const set = new Map(Object.entries(environment).filter((entry): entry is [string, string] => !!entry[1]));
  const problems = [...set].flatMap(([name, text]) => problemOf(name, text, generation) ?? []);
  if (problems.length > 0) throw new VariableError(problems);
  const value = (name: BrokerVariableName) => set.get(name) ?? defaultOf(name, generation);
  const notes = ROWS.flatMap(({ name, isIdle, defaults }) => {
    const text = set.get(name);
    const isNews = isIdle !== undefined && text !== undefined && text !== defaults[generation];
    return isNews ? [`${name} is without effect: ${isIdle}`] : [];
  });
  const certificate = generation === 3 ? sidecar(value) : startScript(value, generation);
  return {
    notes,
    settings: {
      generation,
      services: {
        k2v: new Set(namesIn(value('PLUGIN_ACL_K2V_SERVICENAME'))),
        v2k: new Set(namesIn(value('PLUGIN_ACL_V2K_SERVICENAME'))),
      },
      lifetime: Number(value('PLUGIN_DISC_LIFETIME_SESSION')),
      certificate,
      ...(generation === 3 && {
        owners: {
          url: new URL(value('CERTIFICATE_ACL_URL')),
          timeout: Number(value('CERTIFICATE_ACL_REQ_TIMEOUT_MS')),
        },
      }),
    },
  };
}

type Value = (name: BrokerVariableName) => string;

const ROWS: readonly BrokerVariable[] = BROKER_VARIABLES;

function defaultOf(name: string, generation: Generation): string {
  return ROWS.find((row) => row.name === name)?.defaults[generation] ?? '';
}

/** What is wrong with a variable; undefined when it is right, or none of the broker's. */
function problemOf(name: string, text: string, generation: Generation): string | undefined {
  const row = ROWS.find((each) => each.name === name);
  if (!row) return unknown(name);
  if (row.defaults[generation] === undefined) return isShared(name) ? undefined : ofAnother(row, generation);
  const problem = CHECKS[row.kind](text);
  return problem && `${name} is ${JSON.stringify(text)}: ${problem}`;
}

/** Names that anything on a machine may use: of another generation, they say nothing. */
function isShared(name: string): boolean {
  return !OWN_PREFIXES.some((prefix) => name.startsWith(prefix));
}

/** A name that was meant for the broker, as far as it shows. */
function unknown(name: string): string | undefined {
  const near = ROWS.find((row) => !isShared(row.name) && editDistance(row.name, name) < 3);
  if (near) return `${name} is not a variable of dojot's broker; did you mean ${near.name}?`;
  return isShared(name) ? undefined : `${name} is not a variable of dojot's broker; docs/dojot.md has all of them`;
}

function ofAnother({ name, defaults }: BrokerVariable, generation: Generation): string {
  const others = Object.keys(defaults).join(' and ');
  return `${name} is a variable of generation ${others}, and this is ${generation}; use --generation, or leave it out`;
}

/** Generations 1 and 2: a start script, and cron. */
function startScript(value: Value, generation: 1 | 2): CertificateSettings {
  const [host, port] = [value('EJBCA_HOSTNAME'), value('EJBCA_PORT')];
  const [defaultHost, defaultPort] = defaultOf('EJBCA_ADDRESS', generation).split(':');
  const address = value('EJBCA_ADDRESS');
  const isByParts = (host || port) && address === `${defaultHost}:${defaultPort}`;
  const names: BrokerVariableName[] =
    generation === 1
      ? ['SERVER_HOSTNAME', 'SERVER_IP']
      : ['INTERNAL_DNS', 'EXTERNAL_SERVER_HOSTNAME', 'EXTERNAL_SERVER_IP'];
  return {
    pki: httpAddress(isByParts ? `${host || defaultHost}:${port || defaultPort}` : address),
    pkiVariable: 'EJBCA_ADDRESS',
    timeout: PKI_TIMEOUT,
    ca: value('CA_NAME'),
    name: value('HOSTNAME'),
    hosts: names.map(value),
    margin: Number(value('CHECKEND_EXPIRATION_SEC')) * 1000,
    schedules: {
      revocationList: value('CRL_UPDATE_TIME'),
      expiration: value('CHECK_EXPIRATION_TIME'),
      revocation: value('CHECK_BROKER_CERT_REVOKED_TIME'),
    },
  };
}

/** Generation 3: the sidecar. */
function sidecar(value: Value): CertificateSettings {
  const scheduled = (name: 'CERT_SC_CRON_CRL' | 'CERT_SC_CRON_EXPIRATION' | 'CERT_SC_CRON_REVOKE') =>
    value(name) === 'true' ? value(`${name}_TIME`) : undefined;
  return {
    pki: new URL(value('CERT_SC_X509_URL')).origin,
    pkiVariable: 'CERT_SC_X509_URL',
    timeout: Number(value('CERT_SC_X509_TIMEOUT_MS')),
    ca: '',
    name: value('CERT_SC_CERTS_COMMON_NAME') || value('HOSTNAME'),
    hosts: hostsIn(value('CERT_SC_CERTS_HOSTNAMES')) ?? [],
    margin: Number(value('CERT_SC_CERTS_EXPIRATION_CHECKEND_SEC')) * 1000,
    schedules: {
      revocationList: scheduled('CERT_SC_CRON_CRL'),
      expiration: scheduled('CERT_SC_CRON_EXPIRATION'),
      revocation: scheduled('CERT_SC_CRON_REVOKE'),
    },
  };
}
