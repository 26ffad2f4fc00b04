import { HexError, hexDecode } from '../../core/index.js';
import type { Finding, StoredValues } from '../../credentials/index.js';
import { type ProbeRequest, probe, STEPS, type StepName, type StepResult } from '../../probe/index.js';
import { explainConnectFailure } from '../output/connect-failure.js';
import { printable } from '../output/printable.js';
import type { Report } from './doctor-events.js';
import type { Stores } from './read-stores.js';

export interface ConnectOptions {
  protocol: '3.1.1' | '5';
  authentication?: 'certificate' | 'password';
  /** Milliseconds for each step. */
  timeout: number;
  warnDays: number;
  now: Date;
}

const DAY = 86_400_000;

/** What the connection needs, the last step that can be done with it, and why no more can. */
interface Plan {
  request?: ProbeRequest;
  until: StepName;
  stop?: string;
}

/** What a connection is made of. */
export type Stored = Pick<Stores, 'values' | 'deviceSid' | 'provision'>;

/** Connects with what is stored. Every step is reported; what failed is a finding. Gives what was not done. */
export async function connect(stores: Stored, options: ConnectOptions, report: Report): Promise<string[]> {
  const { timeout } = options;
  const skip = (step: StepName, detail: string) => {
    report({ event: 'step', step, outcome: 'skipped', milliseconds: 0, timeout, detail });
    return [`the connection from step ${step} on: ${detail}`];
  };
  const { request, until, stop = '' } = planOf(stores, options);
  if (!request) return skip(until, stop);
  for await (const result of probe(request, until)) {
    const { step, milliseconds, certificates } = result;
    const finding = findingOf(result, stores, request);
    if (stop && finding?.trap.startsWith('client-certificate')) return skip(step, stop);
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
    soon(result, request, options, report);
  }
  return stop ? skip(STEPS[STEPS.indexOf(until) + 1], stop) : [];
}

function planOf({ values, deviceSid }: Stored, options: ConnectOptions): Plan {
  const { configs } = values;
  const host = configs.get('broker-host');
  const port = /^\d{1,5}$/.test(configs.get('broker-port') ?? '') ? Number(configs.get('broker-port')) : 0;
  if (!host || port < 1 || port > 65_535) {
    return { until: 'resolve', stop: 'broker-host or broker-port cannot be used, see above' };
  }
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
    if (!hidden) return { request, until: 'mqtt' };
    return { request, until: 'tls', stop: `the value of ${hidden} is a secret that only the device can read` };
  } catch (error) {
    if (!(error instanceof HexError)) throw error;
    return { request, until: 'tcp', stop: 'root-CA, cert or private_key cannot be used, see above' };
  }
}

/** Gives the secret that is needed and cannot be read. @throws HexError */
function addCredentials(
  request: ProbeRequest,
  { configs, secrets, hiddenSecrets }: StoredValues,
  authentication: ConnectOptions['authentication'],
): string | undefined {
  const certificate = authentication === 'password' ? undefined : configs.get('cert');
  const userName = authentication === 'certificate' ? undefined : configs.get('username');
  request.ca = hexDecode(configs.get('root-CA') ?? '');
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

/** The device gets a bare status code; here is what stands behind it. */
function findingOf({ failure }: StepResult, { provision }: Stored, { host, port }: ProbeRequest): Finding | undefined {
  if (!failure) return undefined;
  const { requestState, reasonCode } = failure;
  const { trap, reason, advice } = explainConnectFailure({ event: 'connectFailed', host, port, ...failure });
  const code =
    requestState === 'REQUESTCOMPLETED' ? `reason code ${reasonCode} in the response` : `request state ${requestState}`;
  return {
    severity: 'error',
    trap,
    where: printable(`${host}:${port}`),
    what: `${reason[0].toUpperCase()}${reason.slice(1)}.`,
    why: `The device does not connect: it gets ${code}, and nothing more.`,
    remedy: advice.replace(/\((--[^)]*)\)/, `(${provision} with $1)`),
  };
}

/** Certificates of the broker that end soon. */
function soon(result: StepResult, { host, port }: ProbeRequest, { now, warnDays }: ConnectOptions, report: Report) {
  for (const { subject, notAfter } of result.certificates ?? []) {
    if (notAfter.getTime() - now.getTime() >= warnDays * DAY) continue;
    report({
      event: 'finding',
      severity: 'warning',
      trap: 'broker-certificate-expires-soon',
      where: printable(`${host}:${port}`),
      what: `The broker's certificate ${JSON.stringify(subject)} expires soon, on ${notAfter.toISOString()}.`,
      why: 'After that the device does not connect: it gets request state CERTIFICATEEXPIRED.',
      remedy: 'have it renewed by the operator of the broker',
    });
  }
}
