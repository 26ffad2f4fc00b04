// needs: mosquitto, openssl
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { CAUSES, type ConnectFailure, diagnose, disconnectAdvice } from '../../../host/diagnosis/index.js';
import { TlsAlert } from '../../../host/diagnosis/tls-alerts.js';
import { type TransportFailure, tlsTransport } from '../../../host/microvisor/index.js';
import { type ProbeRequest, probe } from '../../../host/probe/index.js';
import { ADDRESS_CASES } from './address-cases.js';
import { ANSWER_CASES } from './answer-cases.js';
import { BROKER_CERTIFICATE_CASES } from './broker-certificate-cases.js';
import type { DiagnosisCase } from './diagnosis-case.js';
import { DiagnosisRig } from './diagnosis-rig.js';
import { HANDSHAKE_CASES } from './handshake-cases.js';
import { OWN_CERTIFICATE_CASES } from './own-certificate-cases.js';

const CASES: DiagnosisCase[] = [
  ...ADDRESS_CASES,
  ...BROKER_CERTIFICATE_CASES,
  ...OWN_CERTIFICATE_CASES,
  ...HANDSHAKE_CASES,
  ...ANSWER_CASES,
];

let rig: DiagnosisRig;

beforeAll(() => {
  rig = new DiagnosisRig();
});

afterEach(() => rig.reset());

afterAll(() => rig[Symbol.asyncDispose]());

/** The failure of the step that fails. */
async function fail(request: ProbeRequest): Promise<ConnectFailure> {
  const { host, port } = request;
  for await (const { failure } of probe(request)) if (failure) return { host, port, ...failure };
  throw new Error('the connection did not fail');
}

/** How the transport of the managed client fails, which writes nothing. */
function failTransport({
  ca,
  clientChain,
  clientKey,
  host,
  port,
}: ProbeRequest): Promise<TransportFailure | undefined> {
  const listOf = (der: Uint8Array) => (der.length > 0 ? [der] : []);
  return new Promise((ended) => {
    const transport = tlsTransport({ connectTimeout: 2000 })(
      { host, port, ca: listOf(ca), clientChain: listOf(clientChain), clientKey },
      { connected: () => transport.destroy(), data: () => {}, closed: ended },
    );
  });
}

const sentence = ({ reason, advice }: { reason: string; advice: string }) => `${reason}; ${advice}`;

describe('each cause is found in what a connection leaves behind', () => {
  it.each(CASES.map((row) => [row.trap, row.case, row] as const))('%s: %s', async (trap, _case, row) => {
    const failure = await fail(rig.request(await row.set(rig)));
    const found = diagnose(row.evidence?.(failure) ?? failure, new Date());
    expect({ trap: found.trap, text: sentence(found) }, JSON.stringify(failure.detail)).toEqual({
      trap,
      text: expect.stringMatching(row.says),
    });
    expect(sentence(found).length).toBeLessThan(330);
  });

  it('and every cause of the table has its case', () => {
    const tried = new Set(CASES.map(({ trap }) => trap));
    expect([...new Set(CAUSES.map(({ trap }) => trap))].filter((trap) => !tried.has(trap))).toEqual([]);
  });
});

describe('the transport of the managed client leaves the same evidence as the probe', () => {
  const early = [...BROKER_CERTIFICATE_CASES, ...HANDSHAKE_CASES].filter(({ evidence }) => !evidence);

  it.each(early.map((row) => [row.trap, row.case, row] as const))('%s: %s', async (_trap, _case, row) => {
    const request = rig.request(await row.set(rig));
    const { evidence, detail } = await fail(request);
    if (/within/.test(detail)) return;
    const failure = await failTransport(request);
    const { code, alert, shown = [] } = failure ?? {};
    const hexOf = (list: readonly Uint8Array[]) => list.map((der) => Buffer.from(der).toString('hex'));
    expect({ code: code?.replace('ECONNRESET', ''), alert, shown: hexOf(shown) }).toEqual({
      code: evidence.code?.replace('ECONNRESET', ''),
      alert: evidence.alert,
      shown: hexOf(evidence.shown),
    });
  });
});

describe('what no row fits is reported as not known', () => {
  it('with the alert, the certificates and the next thing to try', async () => {
    const failure = await fail(rig.request({ ...(await rig.alert(TlsAlert.userCanceled)) }));
    const { trap, reason, advice } = diagnose(failure, new Date());
    expect(trap).toBe('not-known');
    expect(reason).toMatch(/^this failure is not known to wasmqtt: .*; TLS alert 90, user_canceled; it showed no cert/);
    expect(advice).toMatch(/try openssl s_client -connect localhost:\d+ -servername localhost$/);
  });

  it('with an alert that TLS does not define', async () => {
    const { evidence, ...failure } = await fail(rig.request(await rig.alert(TlsAlert.userCanceled)));
    const { reason } = diagnose({ ...failure, evidence: { ...evidence, alert: 200 } }, new Date());
    expect(reason).toMatch(/TLS alert 200, which TLS does not define/);
  });

  it('with the bytes of the broker and its certificates', async () => {
    const failure = await fail(rig.request(await rig.tls(['below', 'middle'], '2000')));
    const { trap, reason, advice } = diagnose(failure, new Date());
    expect(trap).toBe('not-known');
    expect(reason).toMatch(/; the broker sent 2000; it showed "CN=below", "CN=middle".*issued by "CN=Interop CA"$/);
    expect(advice).toMatch(/try mosquitto_pub -d with the same host, port and credentials$/);
  });

  it('with a reason code that MQTT does not define', async () => {
    const failure = await fail(rig.request(await rig.tls(['server'], '200300fe00')));
    const { trap, reason } = diagnose(failure, new Date());
    expect({ trap, reason }).toEqual({
      trap: 'not-known',
      reason: expect.stringContaining('the broker sent 200300fe00'),
    });
  });
});

it('a DISCONNECT with 0x8E says that another device uses the client id', () => {
  expect(disconnectAdvice(0x8e)).toMatch(/^another device uses this client id: choose another with --client-id/);
  expect(disconnectAdvice(0)).toBeUndefined();
  expect(disconnectAdvice(undefined)).toBeUndefined();
});
