import {
  type MvMqttAuthentication,
  MvMqttAuthenticationMethod,
  MvMqttConnectRequestLayout,
  MvMqttProtocolVersion,
  MvMqttWillLayout,
  MvSizedStringLayout,
  MvStatus,
  type MvTlsCertificateChain,
  MvTlsCredentialsLayout,
  readMvMqttConnectRequest,
  readMvMqttWill,
  readMvSizedString,
  readMvTlsCredentials,
} from '../../../../build/abi/microvisor.js';
import type { QoS, Will } from '../../../core/index.js';
import { refuse } from '../../kernel/statuses.js';
import type { ConnectRequest } from '../../managed-client/connect-request.js';
import type { Request } from '../../managed-client/pending-requests.js';
import { InvalidRequest, text } from './guest-text.js';
import type { MqttCallServices } from './use-mqtt.js';

const late = MvStatus.LATEFAULT;

/**
 * Reads struct MvMqttConnectRequest with everything it points to. Ends the call with LATEFAULT,
 * REQUIREDELEMENTMISSING, TOOMANYELEMENTS or INVALIDAUTHENTICATION; for a value that MQTT does not allow the result is
 * `invalid`.
 */
export function readConnectRequest(kernel: MqttCallServices, address: number): Request<ConnectRequest> {
  const { memory } = kernel;
  const raw = readMvMqttConnectRequest(memory.view, address);
  const host = memory.copy(raw.host.data, raw.host.length, late);
  const clientId = memory.copy(raw.clientid.data, raw.clientid.length, late);
  if (host.length === 0 || clientId.length === 0) refuse(MvStatus.REQUIREDELEMENTMISSING);
  const credentials = readCredentials(kernel, raw.tlsCredentials);
  const login = readLogin(kernel, raw.authentication);
  if (login && credentials.clientChain.length > 0 && !kernel.behaviour.allowPasswordWithClientCertificate) {
    refuse(MvStatus.INVALIDAUTHENTICATION);
  }
  const rawWill = readWill(kernel, raw.will);
  try {
    return {
      host: text(host, 'host'),
      port: raw.port || invalid('port 0 is not a port'),
      ...credentials,
      mqtt: {
        protocolVersion: protocolVersion(raw.protocolVersion),
        clientId: text(clientId, 'client id'),
        cleanStart: raw.cleanStart !== 0,
        keepAlive:
          raw.keepalive <= 0xffff ? raw.keepalive : invalid(`keepalive ${raw.keepalive} is above 65535 seconds`),
        ...(login ? { userName: text(login.userName, 'user name'), password: login.password } : {}),
        ...(rawWill ? { will: toWill(rawWill) } : {}),
      },
    };
  } catch (error) {
    if (error instanceof InvalidRequest) return { invalid: error.message };
    throw error;
  }
}

/** Bytes of the outer structure. */
export const connectRequestSize = MvMqttConnectRequestLayout.SIZE;

function readLogin({ memory }: MqttCallServices, { method, usernamePassword }: MvMqttAuthentication) {
  if (method === MvMqttAuthenticationMethod.NONE) return undefined;
  if (method !== MvMqttAuthenticationMethod.USERNAMEPASSWORD) refuse(MvStatus.INVALIDAUTHENTICATION);
  const { username, password } = usernamePassword;
  return {
    userName: memory.copy(username.data, username.length, late),
    password: memory.copy(password.data, password.length, late),
  };
}

function readCredentials(kernel: MqttCallServices, address: number) {
  if (address === 0) return { ca: [], clientChain: [] };
  const { memory } = kernel;
  memory.check(address, MvTlsCredentialsLayout.SIZE, 4, late);
  const { cacert, clientcert } = readMvTlsCredentials(memory.view, address);
  const limit = kernel.limits.certificates;
  if (cacert.numCerts > limit || clientcert.chain.numCerts > limit) refuse(MvStatus.TOOMANYELEMENTS);
  const ca = readChain(kernel, cacert);
  const clientChain = readChain(kernel, clientcert.chain);
  const clientKey = memory.copy(clientcert.key.data, clientcert.key.length, late);
  if (clientChain.length > 0 && clientKey.length === 0) refuse(MvStatus.REQUIREDELEMENTMISSING);
  return clientChain.length > 0 ? { ca, clientChain, clientKey } : { ca, clientChain };
}

function readChain({ memory }: MqttCallServices, { certs, numCerts }: MvTlsCertificateChain): Uint8Array[] {
  if (numCerts > 0) memory.check(certs, numCerts * MvSizedStringLayout.SIZE, 4, late);
  return Array.from({ length: numCerts }, (_, index) => {
    const { data, length } = readMvSizedString(memory.view, certs + index * MvSizedStringLayout.SIZE);
    return memory.copy(data, length, late);
  });
}

interface RawWill {
  topic: Uint8Array;
  payload: Uint8Array;
  qos: number;
  retain: boolean;
}

function readWill({ memory }: MqttCallServices, address: number): RawWill | undefined {
  if (address === 0) return undefined;
  memory.check(address, MvMqttWillLayout.SIZE, 4, late);
  const raw = readMvMqttWill(memory.view, address);
  const topic = memory.copy(raw.topic.data, raw.topic.length, late);
  const payload = memory.copy(raw.payload.data, raw.payload.length, late);
  if (topic.length === 0 || payload.length === 0) refuse(MvStatus.REQUIREDELEMENTMISSING);
  return { topic, payload, qos: raw.qos, retain: raw.retain !== 0 };
}

function toWill({ topic, payload, qos, retain }: RawWill): Will {
  if (qos > 2) invalid(`will QoS ${qos} is above 2`);
  return { topic: text(topic, 'will topic'), payload, qos: qos as QoS, retain };
}

function protocolVersion(version: number): 4 | 5 {
  if (version === MvMqttProtocolVersion.V3_1_1) return 4;
  return version === MvMqttProtocolVersion.V5 ? 5 : invalid(`protocol version ${version} is neither V3_1_1 nor V5`);
}

function invalid(reason: string): never {
  throw new InvalidRequest(reason);
}
