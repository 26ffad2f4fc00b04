import { HexError, hexDecode, splitDer } from '../../core/index.js';
import { type Finding, type StoredValues, usableRoots } from '../../credentials/index.js';
import { isPort } from '../../node/ports.js';
import { visible } from '../../node/visible-text.js';
import { type ProbeRequest, probe, STEPS, type StepName, type StepResult } from '../../probe/index.js';
import { explainConnectFailure } from '../output/connect-failure.js';
import type { DoctorReport } from './doctor-events.js';
import type { DeviceStores } from './read-stores.js';

export interface ConnectOptions {
  protocol: '3.1.1' | '5';
  authentication?: 'certificate' | 'password';
  /** Milliseconds for each step. */
  timeout: number;
  warnDays: number;
  now: Date;
}

const DAY = 86_400_000;

/** What a broker may say to a connection without the client certificate. */
const MISSES_CERTIFICATE = /^(client-certificate|handshake-refused)/;

/** How far a connection can be tried with what is stored, and why no further. */
type Plan =
  | { extent: 'none'; reason: string }
  | { extent: 'part'; request: ProbeRequest; until: StepName; reason: string }
  | { extent: 'whole'; request: ProbeRequest };

/** What a connection needs. */
export type StoredConnection = Pick<DeviceStores, 'values' | 'deviceSid' | 'provision'>;

/**
 * Connects with what is stored. Every step is reported, and what failed is a finding.
 *
 * @returns what was not tried, in words
 */
export async function tryConnection(
  stores: StoredConnection,
  options: ConnectOptions,
  report: DoctorReport,
): Promise<string[]> {
  const { timeout } = options;
  const skip = (step: StepName, detail: string) => {
    report({ event: 'step', step, outcome: 'skipped', milliseconds: 0, timeout, detail });
    return [`the connection from step ${step} on: ${detail}`];
  };
  const plan = planOf(stores, options);
  if (plan.extent === 'none') return skip('resolve', plan.reason);
  const { request } = plan;
  for await (const result of probe(request, plan.extent === 'part' ? plan.until : 'mqtt')) {
    const { step, milliseconds, certificates } = result;
    const finding = findingOf(result, stores, request);
    if (plan.extent === 'part' && MISSES_CERTIFICATE.test(finding?.trap ?? '')) return skip(step, plan.reason);
    const outcome = finding ? 'failed' : 'ok';
    report({
      event: 'step',
      step,
      outcome,
      milliseconds,
      timeout,
      detail: finding?.what ?? result.detail,
      certificates,
    });
    if (finding) {
      report({ event: 'finding', ...finding });
      return [];
    }
    reportEnding(result, request, options, report);
  }
  return plan.extent === 'part' ? skip(STEPS[STEPS.indexOf(plan.until) + 1], plan.reason) : [];
}

function planOf({ values, deviceSid }: StoredConnection, options: ConnectOptions): Plan {
  const { configs } = values;
  const host = configs.get('broker-host');
  const port = /^\d{1,5}$/.test(configs.get('broker-port') ?? '') ? Number(configs.get('broker-port')) : 0;
  if (!host || !isPort(port)) return { extent: 'none', reason: 'broker-host or broker-port cannot be used, see above' };
  const request: ProbeRequest = {
    host,
    port,
    ca: new Uint8Array(0),
    clientChain: new Uint8Array(0),
    protocolVersion: options.protocol === '5' ? 5 : 4,
    clientId: configs.get('client-id') || deviceSid,
    timeout: options.timeout,
  };
  try {
    const hidden = addCredentials(request, values, options.authentication);
    if (!hidden) return { extent: 'whole', request };
    const reason = `the value of ${hidden} is a secret that only the device can read`;
    return { extent: 'part', request, until: 'tls', reason };
  } catch (error) {
    if (!(error instanceof HexError)) throw error;
    const reason = 'root-CA, cert or private_key cannot be used, see above';
    return { extent: 'part', request, until: 'tcp', reason };
  }
}

/** Completes the request. Returns the secret that is needed but cannot be read. @throws HexError */
function addCredentials(
  request: ProbeRequest,
  { configs, secrets, hiddenSecrets }: StoredValues,
  authentication: ConnectOptions['authentication'],
): string | undefined {
  const certificate = authentication === 'password' ? undefined : configs.get('cert');
  const userName = authentication === 'certificate' ? undefined : configs.get('username');
  request.ca = Buffer.concat(usableRoots(splitDer(hexDecode(configs.get('root-CA') ?? '')), Date.now()));
  const key = secrets.get('private_key');
  if (certificate !== undefined && key !== undefined) {
    request.clientChain = hexDecode(certificate);
    request.clientKey = hexDecode(key);
  }
  request.userName = userName;
  request.password = userName === undefined ? undefined : secrets.get('password');
  if (certificate !== undefined && hiddenSecrets?.has('private_key')) return 'private_key';
  return userName !== undefined && hiddenSecrets?.has('password') ? 'password' : undefined;
}

/** The device gets only a status code; the finding says what it means. */
function findingOf(
  { failure }: StepResult,
  { provision }: StoredConnection,
  { host, port }: ProbeRequest,
): Finding | undefined {
  if (!failure) return undefined;
  const { requestState, reasonCode } = failure;
  const { trap, reason, advice } = explainConnectFailure({ host, port, ...failure });
  const code =
    requestState === 'REQUESTCOMPLETED' ? `reason code ${reasonCode} in the response` : `request state ${requestState}`;
  return {
    severity: 'error',
    trap,
    where: visible(`${host}:${port}`),
    what: `${reason[0].toUpperCase()}${reason.slice(1)}.`,
    why: `The device does not connect: it gets ${code}, and nothing more.`,
    remedy: advice.replace(/\((--[^)]*)\)/g, `(${provision} with $1)`),
  };
}

/** Reports certificates of the broker that end soon. */
function reportEnding(
  result: StepResult,
  { host, port }: ProbeRequest,
  { now, warnDays }: ConnectOptions,
  report: DoctorReport,
): void {
  for (const { subject, notAfter } of result.certificates ?? []) {
    if (notAfter.getTime() - now.getTime() >= warnDays * DAY) continue;
    report({
      event: 'finding',
      severity: 'warning',
      trap: 'broker-certificate-expires-soon',
      where: visible(`${host}:${port}`),
      what: `The broker's certificate ${JSON.stringify(subject)} expires soon, on ${notAfter.toISOString()}.`,
      why: 'After that the device does not connect: it gets request state CERTIFICATEEXPIRED.',
      remedy: 'have it renewed by the operator of the broker',
    });
  }
}
