import type { Socket } from 'node:net';
import { MvMqttRequestState, nameOf } from '../../build/abi/microvisor.js';
import { isBadValue } from '../microvisor/managed-client/index.js';
import { closedEarly, failureOf } from '../microvisor/transport/index.js';
import { ClosedEarly, connectMqtt, Refused } from './connect-mqtt.js';
import { type Address, connectTcp, resolve } from './connect-tcp.js';
import type { ProbeRequest } from './probe-request.js';
import type { ServerCertificate, StepFailure, StepName, StepResult } from './step-result.js';
import { type Handshake, handshake } from './tls-handshake.js';

/** What a step that runs out of time was waiting for. */
const WAITED_FOR: Record<StepName, string> = {
  resolve: 'answer to the name',
  tcp: 'connection',
  tls: 'TLS handshake',
  mqtt: 'CONNACK',
};

/** The server is not trusted; its certificates are reported all the same. */
class Distrusted extends Error {
  override readonly cause: Error;
  readonly certificates: ServerCertificate[];

  constructor(cause: Error, certificates: ServerCertificate[]) {
    super(cause.message);
    this.cause = cause;
    this.certificates = certificates;
  }
}

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
  try {
    [result, addresses] = await step('resolve', request, () => resolveStep(request));
    yield result;
    if (result.failure || until === 'resolve') return;
    [result, tcp] = await step('tcp', request, (signal) => tcpStep(request, addresses, signal));
    yield result;
    if (result.failure || until === 'tcp') return;
    [result, secure] = await step('tls', request, (signal) => tlsStep(request, tcp!, signal));
    yield result;
    if (result.failure || until === 'tls') return;
    [result] = await step('mqtt', request, (signal) => mqttStep(request, secure, signal));
    yield result;
  } finally {
    tcp?.destroy();
  }
}

/** Runs a step within its time limit. */
async function step<T>(
  name: StepName,
  request: ProbeRequest,
  run: (signal: AbortSignal) => Promise<Outcome<T>>,
): Promise<[StepResult, T]> {
  const start = performance.now();
  const took = () => Math.round(performance.now() - start);
  const limit = new AbortController();
  const late = new Error(`no ${WAITED_FOR[name]} within ${request.timeout} ms`);
  const timer = setTimeout(() => limit.abort(late), request.timeout);
  try {
    const overdue = new Promise<never>((_, reject) => {
      limit.signal.addEventListener('abort', () => reject(late), { once: true });
    });
    const { value, ...report } = await Promise.race([run(limit.signal), overdue]);
    return [{ step: name, milliseconds: took(), ...report }, value];
  } catch (error) {
    const failure = stepFailure(name, request, error as Error);
    const certificates = error instanceof Distrusted ? error.certificates : undefined;
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

async function tlsStep(request: ProbeRequest, tcp: Socket, signal: AbortSignal): Promise<Outcome<Handshake>> {
  const value = await handshake(request, tcp, signal);
  const { socket, certificates, distrust } = value;
  if (distrust) {
    socket.destroy();
    throw new Distrusted(distrust, certificates);
  }
  const trusted = request.ca.length > 0 ? 'the root CA that is stored' : 'the Mozilla roots';
  const detail = `${socket.getProtocol()} ${socket.getCipher().name}, the broker is trusted by ${trusted}`;
  return { value, detail, certificates };
}

async function mqttStep(request: ProbeRequest, secure: Handshake, signal: AbortSignal): Promise<Outcome<void>> {
  await connectMqtt(request, secure, signal);
  const version = request.protocolVersion === 5 ? '5' : '3.1.1';
  return { value: undefined, detail: `the broker accepted client id ${request.clientId} with MQTT ${version}` };
}

/** As the managed client reports it to the application. */
function stepFailure(name: StepName, request: ProbeRequest, error: Error): StepFailure {
  if (error instanceof Refused) {
    return { requestState: 'REQUESTCOMPLETED', reasonCode: error.reasonCode, detail: error.message };
  }
  const { requestState, detail } = transportFailure(name, request, error);
  return { requestState: nameOf(MvMqttRequestState, requestState) ?? '', reasonCode: 0, detail };
}

function transportFailure(name: StepName, request: ProbeRequest, error: Error) {
  if (error instanceof ClosedEarly) {
    const cause = error.cause as Error | undefined;
    return closedEarly(true, request.clientChain.length > 0, cause && failureOf(cause));
  }
  if (name === 'mqtt' && isBadValue(error)) {
    return { requestState: MvMqttRequestState.INVALIDPARAMETERS, detail: error.message };
  }
  const failure = failureOf(error instanceof Distrusted ? error.cause : error);
  return name === 'resolve' ? { ...failure, requestState: MvMqttRequestState.NXDOMAIN } : failure;
}
