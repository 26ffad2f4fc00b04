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
import type { ConnectRequest } from '../../managed-client/connect-request.js';
import type { Request } from '../../managed-client/pending-requests.js';
import { RequestReader } from '../request-reader.js';
import type { MqttCallServices } from './use-mqtt.js';

const { OKAY, LATEFAULT, REQUIREDELEMENTMISSING, TOOMANYELEMENTS, INVALIDAUTHENTICATION } = MvStatus;

type Reader = RequestReader<typeof REQUIREDELEMENTMISSING | typeof TOOMANYELEMENTS | typeof INVALIDAUTHENTICATION>;

/** Bytes of a text or of binary data in MQTT (1.5.4, 1.5.6). */
const LONGEST = 0xffff;
/** Bytes of a host name with its dots (RFC 1035 section 2.3.4), and more than of any address. */
const LONGEST_HOST = 255;

/**
 * Reads struct MvMqttConnectRequest with everything it points to.
 * @returns the request, `invalid` for a value that MQTT does not allow, or the status that the call ends with: LATEFAULT,
 *   REQUIREDELEMENTMISSING, TOOMANYELEMENTS or INVALIDAUTHENTICATION
 */
export function readConnectRequest(kernel: MqttCallServices, address: number) {
  const raw = readMvMqttConnectRequest(kernel.memory.view, address);
  const reader: Reader = new RequestReader(kernel.memory);
  const host = reader.text(reader.bytes(raw.host, 'host', LONGEST_HOST), 'host');
  const clientId = reader.text(reader.bytes(raw.clientid, 'client id', LONGEST), 'client id');
  if (raw.host.length === 0 || raw.clientid.length === 0) reader.refuse(REQUIREDELEMENTMISSING);
  const credentials = readCredentials(kernel, reader, raw.tlsCredentials);
  const login = readLogin(reader, raw.authentication);
  if (login && credentials.clientChain.length > 0 && !kernel.behaviour.allowPasswordWithClientCertificate) {
    reader.refuse(INVALIDAUTHENTICATION);
  }
  const will = readWill(kernel, reader, raw.will);
  if (raw.port === 0) reader.reject('port 0 is not a port');
  if (raw.keepalive > LONGEST) reader.reject(`keepalive ${raw.keepalive} is above 65535 seconds`);
  const mqtt = {
    protocolVersion: readVersion(reader, raw.protocolVersion),
    clientId,
    cleanStart: raw.cleanStart !== 0,
    keepAlive: raw.keepalive,
    ...login,
    ...(will ? { will } : {}),
  };
  if (reader.status !== OKAY) return reader.status;
  const request: Request<ConnectRequest> =
    reader.invalid === undefined ? { host, port: raw.port, ...credentials, mqtt } : { invalid: reader.invalid };
  return request;
}

/** Bytes of the outer structure. */
export const connectRequestSize = MvMqttConnectRequestLayout.SIZE;

function readLogin(reader: Reader, { method, usernamePassword }: MvMqttAuthentication) {
  if (method === MvMqttAuthenticationMethod.NONE) return undefined;
  if (method !== MvMqttAuthenticationMethod.USERNAMEPASSWORD) {
    reader.refuse(INVALIDAUTHENTICATION);
    return undefined;
  }
  const { username, password } = usernamePassword;
  return {
    userName: reader.text(reader.bytes(username, 'user name', LONGEST), 'user name'),
    password: reader.bytes(password, 'password', LONGEST),
  };
}

interface Credentials {
  ca: Uint8Array[];
  clientChain: Uint8Array[];
  clientKey?: Uint8Array;
}

function readCredentials(kernel: MqttCallServices, reader: Reader, address: number): Credentials {
  const none = { ca: [], clientChain: [] };
  if (address === 0) return none;
  const { memory, limits } = kernel;
  if (!memory.holds(address, MvTlsCredentialsLayout.SIZE, 4)) {
    reader.refuse(LATEFAULT);
    return none;
  }
  const { cacert, clientcert } = readMvTlsCredentials(memory.view, address);
  if (cacert.numCerts > limits.certificates || clientcert.chain.numCerts > limits.certificates) {
    reader.refuse(TOOMANYELEMENTS);
    return none;
  }
  const ca = readChain(kernel, reader, cacert, 'CA certificate');
  const clientChain = readChain(kernel, reader, clientcert.chain, 'client certificate');
  const clientKey = reader.bytes(clientcert.key, 'private key', limits.certificateBytes);
  if (clientChain.length > 0 && clientcert.key.length === 0) reader.refuse(REQUIREDELEMENTMISSING);
  return clientChain.length > 0 ? { ca, clientChain, clientKey } : { ca, clientChain };
}

function readChain(
  { memory, limits }: MqttCallServices,
  reader: Reader,
  { certs, numCerts }: MvTlsCertificateChain,
  what: string,
): Uint8Array[] {
  return reader.list(certs, numCerts, MvSizedStringLayout.SIZE, (at) =>
    reader.bytes(readMvSizedString(memory.view, at), what, limits.certificateBytes),
  );
}

function readWill({ memory }: MqttCallServices, reader: Reader, address: number): Will | undefined {
  if (address === 0) return undefined;
  if (!memory.holds(address, MvMqttWillLayout.SIZE, 4)) {
    reader.refuse(LATEFAULT);
    return undefined;
  }
  const raw = readMvMqttWill(memory.view, address);
  const topic = reader.text(reader.bytes(raw.topic, 'will topic', LONGEST), 'will topic');
  const payload = reader.bytes(raw.payload, 'will payload', LONGEST);
  if (raw.topic.length === 0 || raw.payload.length === 0) reader.refuse(REQUIREDELEMENTMISSING);
  if (raw.qos > 2) reader.reject(`will QoS ${raw.qos} is above 2`);
  return { topic, payload, qos: raw.qos as QoS, retain: raw.retain !== 0 };
}

function readVersion(reader: Reader, version: number): 4 | 5 {
  if (version !== MvMqttProtocolVersion.V3_1_1 && version !== MvMqttProtocolVersion.V5) {
    reader.reject(`protocol version ${version} is neither V3_1_1 nor V5`);
  }
  return version === MvMqttProtocolVersion.V3_1_1 ? 4 : 5;
}
