import type { Socket } from 'node:net';
import { connectMqtt } from './connect-mqtt.js';
import { type Address, connectTcp, resolve } from './connect-tcp.js';
import type { ProbeRequest } from './probe-request.js';
import { type Attempt, stepFailure } from './step-failure.js';
import type { ServerCertificate, StepName, StepResult } from './step-result.js';
import { certificatesFrom, type Handshake, handshake } from './tls-handshake.js';

/** What a step that runs out of time was waiting for. */
const WAITED_FOR: Record<StepName, string> = {
  resolve: 'answer to the name',
  tcp: 'connection',
  tls: 'TLS handshake',
  mqtt: 'CONNACK',
};

/** What a step hands to the next, and what it reports. */
interface Outcome<T> {
  value: T;
  detail: string;
  certificates?: ServerCertificate[];
}

/**
 * Connects as the device would and yields the result of each step; the last one is the first that failed, or `until`.
 * A broker ends the connection of a device that is online with the same client id (MQTT-3.1.4-3).
 *
 * @param until the last step to take
 */
export async function* probe(request: ProbeRequest, until: StepName = 'mqtt'): AsyncGenerator<StepResult, void> {
  let result: StepResult;
  let addresses!: Address[];
  let tcp: Socket | undefined;
  let secure!: Handshake;
  const attempt: Attempt = { request, shown: [], secure: false, answer: new Uint8Array(0) };
  try {
    [result, addresses] = await step('resolve', attempt, () => resolveStep(request));
    yield result;
    if (result.failure || until === 'resolve') return;
    [result, tcp] = await step('tcp', attempt, (signal) => tcpStep(request, addresses, signal));
    yield result;
    if (result.failure || until === 'tcp') return;
    [result, secure] = await step('tls', attempt, (signal) => tlsStep(attempt, tcp!, signal));
    yield result;
    if (result.failure || until === 'tls') return;
    [result] = await step('mqtt', attempt, (signal) => mqttStep(attempt, secure, signal));
    yield result;
  } finally {
    tcp?.destroy();
  }
}

/** Runs a step within its time limit. */
async function step<T>(
  name: StepName,
  attempt: Attempt,
  run: (signal: AbortSignal) => Promise<Outcome<T>>,
): Promise<[StepResult, T]> {
  const { timeout } = attempt.request;
  const start = performance.now();
  const took = () => Math.round(performance.now() - start);
  const limit = new AbortController();
  const late = new Error(`no ${WAITED_FOR[name]} within ${timeout} ms`);
  const timer = setTimeout(() => limit.abort(late), timeout);
  try {
    const overdue = new Promise<never>((_, reject) => {
      limit.signal.addEventListener('abort', () => reject(late), { once: true });
    });
    const { value, ...report } = await Promise.race([run(limit.signal), overdue]);
    return [{ step: name, milliseconds: took(), ...report }, value];
  } catch (error) {
    const failure = stepFailure(name, attempt, error as Error);
    const { shown } = failure.evidence;
    const certificates = name === 'tls' && shown.length > 0 ? certificatesFrom(shown) : undefined;
    return [{ step: name, milliseconds: took(), detail: '', failure, certificates }, undefined as T];
  } finally {
    clearTimeout(timer);
  }
}

async function resolveStep({ host }: ProbeRequest): Promise<Outcome<Address[]>> {
  const addresses = await resolve(host);
  return { value: addresses, detail: `${host} is ${addresses.map(({ address }) => address).join(', ')}` };
}

async function tcpStep({ host, port }: ProbeRequest, addresses: Address[], signal: AbortSignal) {
  const value = await connectTcp(host, port, addresses, signal);
  return { value, detail: `connected to ${value.remoteAddress} port ${value.remotePort}` };
}

async function tlsStep(attempt: Attempt, tcp: Socket, signal: AbortSignal): Promise<Outcome<Handshake>> {
  const { request } = attempt;
  const value = await handshake(request, tcp, signal);
  const { socket, shown } = value;
  Object.assign(attempt, { shown, secure: true });
  const trusted = request.ca.length > 0 ? 'the root CA that is stored' : 'the Mozilla roots';
  const detail = `${socket.getProtocol()} ${socket.getCipher().name}, the broker is trusted by ${trusted}`;
  return { value, detail, certificates: certificatesFrom(shown) };
}

async function mqttStep(attempt: Attempt, secure: Handshake, signal: AbortSignal): Promise<Outcome<void>> {
  const { request } = attempt;
  await connectMqtt(request, secure, signal, (bytes) => {
    if (attempt.answer.length === 0) attempt.answer = Uint8Array.from(bytes.subarray(0, 16));
  });
  const version = request.protocolVersion === 5 ? '5' : '3.1.1';
  return { value: undefined, detail: `the broker accepted client id ${request.clientId} with MQTT ${version}` };
}
