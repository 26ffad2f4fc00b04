/** The MQTT calls of the managed client, as the application needs them. */
import { AppLimit, AppOptions } from '../../build/abi/assembly';
import {
  MvMqttAuthenticationMethod,
  MvMqttConnectRequest,
  MvMqttMessage,
  MvMqttPublishRequest,
  MvMqttSubscribeRequest,
  MvMqttSubscribeResponse,
  MvMqttSubscription,
  MvSizedString,
  MvStatus,
  MvTlsCredentials,
  mvMqttAcknowledgeMessage,
  mvMqttReadSubscribeResponse,
  mvMqttReceiveMessage,
  mvMqttRequestConnect,
  mvMqttRequestPublish,
  mvMqttRequestSubscribe,
} from '../../build/abi/microvisor-assembly';
import { spanAt } from '../memory/span';
import { options } from './app-options';
import { handle } from './channel';
import * as configuration from './configuration';
import { CHAIN_MAXIMUM, splitChain } from './credentials';
import {
  callBuffer,
  clientIdBuffer,
  DEVICE_ID_SIZE,
  deviceIdBuffer,
  hostBuffer,
  PAYLOAD_SIZE,
  passwordBuffer,
  payloadBuffer,
  topicBuffer,
  userNameBuffer,
} from './memory-map';
import * as text from './text-writer';

/** Correlation id of the one subscribe request. */
const SUBSCRIBE_CORRELATION: u32 = 1;

export let topicLength: u32 = 0;
export let payloadLength: u32 = 0;
let lastCorrelation: u32 = SUBSCRIBE_CORRELATION;

export function clientId(): usize {
  return configuration.clientIdLength > 0 ? clientIdBuffer : deviceIdBuffer;
}

export function clientIdLength(): u32 {
  return configuration.clientIdLength > 0 ? configuration.clientIdLength : DEVICE_ID_SIZE;
}

/** Asks the managed client to connect with what the configuration holds and returns the MvStatus. */
export function connect(): i32 {
  memory.fill(callBuffer, 0, MvMqttConnectRequest.SIZE);
  const request = changetype<MvMqttConnectRequest>(callBuffer);
  request.protocolVersion = options().protocolVersion;
  request.hostData = hostBuffer;
  request.hostLength = configuration.hostLength;
  request.port = <u16>configuration.port;
  request.clientidData = clientId();
  request.clientidLength = clientIdLength();
  request.keepalive = options().keepAlive;
  request.cleanStart = 1;
  if (configuration.userNameLength > 0) addPassword(request);
  request.tlsCredentials = credentials(callBuffer + MvMqttConnectRequest.SIZE);
  return mvMqttRequestConnect(handle(), callBuffer);
}

function addPassword(request: MvMqttConnectRequest): void {
  request.authenticationMethod = <u8>MvMqttAuthenticationMethod.USERNAMEPASSWORD;
  request.authenticationUsernamePasswordUsernameData = userNameBuffer;
  request.authenticationUsernamePasswordUsernameLength = configuration.userNameLength;
  request.authenticationUsernamePasswordPasswordData = passwordBuffer;
  request.authenticationUsernamePasswordPasswordLength = configuration.passwordLength;
}

/** Writes MvTlsCredentials with its lists at `address` and returns the address, or 0 when there are no credentials. */
function credentials(address: usize): usize {
  const hasRoot = configuration.rootCa.length > 0;
  const hasCertificate = configuration.certificate.length > 0;
  if (!hasRoot && !hasCertificate) return 0;
  memory.fill(address, 0, MvTlsCredentials.SIZE);
  const tls = changetype<MvTlsCredentials>(address);
  const roots = address + MvTlsCredentials.SIZE;
  const chain = roots + MvSizedString.SIZE * CHAIN_MAXIMUM;
  if (hasRoot) {
    tls.cacertNumCerts = splitChain(configuration.rootCa, roots);
    tls.cacertCerts = roots;
  }
  if (hasCertificate) {
    tls.clientcertChainNumCerts = splitChain(configuration.certificate, chain);
    tls.clientcertChainCerts = chain;
    tls.clientcertKeyData = configuration.privateKey.data;
    tls.clientcertKeyLength = configuration.privateKey.length;
  }
  return address;
}

/** Puts the topic of an option, or `prefix` and the client id when it is empty, into the topic buffer. `place` is the option's offset. */
function makeTopic(place: usize, prefix: string): void {
  const topic = spanAt(changetype<usize>(options()), place);
  text.begin(topicBuffer, AppLimit.TOPIC);
  if (topic.length > 0) {
    text.bytes(topic.start, topic.length);
  } else {
    text.ascii(prefix);
    text.bytes(clientId(), clientIdLength());
  }
  topicLength = text.length();
}

/** Subscribes to the command topic and returns the MvStatus. */
export function subscribe(): i32 {
  makeTopic(offsetof<AppOptions>('subscribeTopic'), 'command/device/');
  const request = changetype<MvMqttSubscribeRequest>(callBuffer);
  const list = callBuffer + MvMqttSubscribeRequest.SIZE;
  memory.fill(list, 0, MvMqttSubscription.SIZE);
  const subscription = changetype<MvMqttSubscription>(list);
  subscription.topicData = topicBuffer;
  subscription.topicLength = topicLength;
  subscription.desiredQos = options().qos;
  request.correlationId = SUBSCRIBE_CORRELATION;
  request.subscriptions = list;
  request.numSubscriptions = 1;
  return mvMqttRequestSubscribe(handle(), callBuffer);
}

/** Reads the answer to `subscribe` and returns its reason code, or -1 when the request failed before there was one. */
export function readSubscribeResponse(): i32 {
  const response = changetype<MvMqttSubscribeResponse>(callBuffer);
  const state = callBuffer + MvMqttSubscribeResponse.SIZE;
  const code = state + 4;
  response.requestState = state;
  response.correlationId = state + 8;
  response.reasonCodes = code;
  response.reasonCodesSize = 4;
  response.reasonCodesLen = state + 12;
  if (mvMqttReadSubscribeResponse(handle(), callBuffer) != MvStatus.OKAY || load<u32>(state) != 0) return -1;
  return load<u32>(code);
}

/** Publishes the text in the payload buffer and returns the MvStatus. */
export function publish(length: u32): i32 {
  makeTopic(offsetof<AppOptions>('publishTopic'), 'sensor/device/');
  memory.fill(callBuffer, 0, MvMqttPublishRequest.SIZE);
  const request = changetype<MvMqttPublishRequest>(callBuffer);
  request.correlationId = ++lastCorrelation;
  request.topicData = topicBuffer;
  request.topicLength = topicLength;
  request.payloadData = payloadBuffer;
  request.payloadLength = length;
  request.desiredQos = options().qos;
  return mvMqttRequestPublish(handle(), callBuffer);
}

/** Takes a message into the topic and payload buffers, acknowledges it and returns the MvStatus. */
export function receive(): i32 {
  const message = changetype<MvMqttMessage>(callBuffer);
  const out = callBuffer + MvMqttMessage.SIZE;
  message.correlationId = out;
  message.topicData = topicBuffer;
  message.topicSize = AppLimit.TOPIC;
  message.topicLength = out + 4;
  message.payloadData = payloadBuffer;
  message.payloadSize = PAYLOAD_SIZE;
  message.payloadLength = out + 8;
  message.qos = out + 12;
  message.retain = out + 16;
  const status = mvMqttReceiveMessage(handle(), callBuffer);
  if (status != MvStatus.OKAY) return status;
  topicLength = load<u32>(out, 4);
  payloadLength = load<u32>(out, 8);
  return load<u32>(out, 12) > 0 ? mvMqttAcknowledgeMessage(handle(), load<u32>(out)) : status;
}
