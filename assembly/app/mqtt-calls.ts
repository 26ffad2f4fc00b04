/** The MQTT calls of the managed client, as the application needs them. */
import {
  APP_LIMIT_TOPIC,
  APP_OPTIONS_KEEP_ALIVE,
  APP_OPTIONS_PROTOCOL_VERSION,
  APP_OPTIONS_PUBLISH_TOPIC,
  APP_OPTIONS_PUBLISH_TOPIC_LENGTH,
  APP_OPTIONS_QOS,
  APP_OPTIONS_SUBSCRIBE_TOPIC,
  APP_OPTIONS_SUBSCRIBE_TOPIC_LENGTH,
  CREDENTIAL_DATA,
  CREDENTIAL_LENGTH,
} from '../../build/abi/assembly';
import {
  MV_MQTT_CONNECT_REQUEST_AUTHENTICATION_METHOD,
  MV_MQTT_CONNECT_REQUEST_AUTHENTICATION_USERNAME_PASSWORD_PASSWORD_DATA,
  MV_MQTT_CONNECT_REQUEST_AUTHENTICATION_USERNAME_PASSWORD_PASSWORD_LENGTH,
  MV_MQTT_CONNECT_REQUEST_AUTHENTICATION_USERNAME_PASSWORD_USERNAME_DATA,
  MV_MQTT_CONNECT_REQUEST_AUTHENTICATION_USERNAME_PASSWORD_USERNAME_LENGTH,
  MV_MQTT_CONNECT_REQUEST_CLEAN_START,
  MV_MQTT_CONNECT_REQUEST_CLIENTID_DATA,
  MV_MQTT_CONNECT_REQUEST_CLIENTID_LENGTH,
  MV_MQTT_CONNECT_REQUEST_HOST_DATA,
  MV_MQTT_CONNECT_REQUEST_HOST_LENGTH,
  MV_MQTT_CONNECT_REQUEST_KEEPALIVE,
  MV_MQTT_CONNECT_REQUEST_PORT,
  MV_MQTT_CONNECT_REQUEST_PROTOCOL_VERSION,
  MV_MQTT_CONNECT_REQUEST_SIZE,
  MV_MQTT_CONNECT_REQUEST_TLS_CREDENTIALS,
  MV_MQTT_MESSAGE_CORRELATION_ID,
  MV_MQTT_MESSAGE_PAYLOAD_DATA,
  MV_MQTT_MESSAGE_PAYLOAD_LENGTH,
  MV_MQTT_MESSAGE_PAYLOAD_SIZE,
  MV_MQTT_MESSAGE_QOS,
  MV_MQTT_MESSAGE_RETAIN,
  MV_MQTT_MESSAGE_SIZE,
  MV_MQTT_MESSAGE_TOPIC_DATA,
  MV_MQTT_MESSAGE_TOPIC_LENGTH,
  MV_MQTT_MESSAGE_TOPIC_SIZE,
  MV_MQTT_PUBLISH_REQUEST_CORRELATION_ID,
  MV_MQTT_PUBLISH_REQUEST_DESIRED_QOS,
  MV_MQTT_PUBLISH_REQUEST_PAYLOAD_DATA,
  MV_MQTT_PUBLISH_REQUEST_PAYLOAD_LENGTH,
  MV_MQTT_PUBLISH_REQUEST_SIZE,
  MV_MQTT_PUBLISH_REQUEST_TOPIC_DATA,
  MV_MQTT_PUBLISH_REQUEST_TOPIC_LENGTH,
  MV_MQTT_SUBSCRIBE_REQUEST_NUM_SUBSCRIPTIONS,
  MV_MQTT_SUBSCRIBE_REQUEST_SIZE,
  MV_MQTT_SUBSCRIBE_REQUEST_SUBSCRIPTIONS,
  MV_MQTT_SUBSCRIBE_RESPONSE_CORRELATION_ID,
  MV_MQTT_SUBSCRIBE_RESPONSE_REASON_CODES,
  MV_MQTT_SUBSCRIBE_RESPONSE_REASON_CODES_LEN,
  MV_MQTT_SUBSCRIBE_RESPONSE_REASON_CODES_SIZE,
  MV_MQTT_SUBSCRIBE_RESPONSE_REQUEST_STATE,
  MV_MQTT_SUBSCRIBE_RESPONSE_SIZE,
  MV_MQTT_SUBSCRIPTION_DESIRED_QOS,
  MV_MQTT_SUBSCRIPTION_SIZE,
  MV_MQTT_SUBSCRIPTION_TOPIC_DATA,
  MV_MQTT_SUBSCRIPTION_TOPIC_LENGTH,
  MV_MQTTAUTHENTICATIONMETHOD_USERNAMEPASSWORD,
  MV_STATUS_OKAY,
  MV_TLS_CREDENTIALS_CACERT_CERTS,
  MV_TLS_CREDENTIALS_CACERT_NUM_CERTS,
  MV_TLS_CREDENTIALS_CLIENTCERT_CHAIN_CERTS,
  MV_TLS_CREDENTIALS_CLIENTCERT_CHAIN_NUM_CERTS,
  MV_TLS_CREDENTIALS_CLIENTCERT_KEY_DATA,
  MV_TLS_CREDENTIALS_CLIENTCERT_KEY_LENGTH,
  MV_TLS_CREDENTIALS_SIZE,
  mvMqttAcknowledgeMessage,
  mvMqttReadSubscribeResponse,
  mvMqttReceiveMessage,
  mvMqttRequestConnect,
  mvMqttRequestPublish,
  mvMqttRequestSubscribe,
} from '../../build/abi/microvisor-assembly';
import { option, options } from './app-options';
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

/** Asks the managed client to connect with what the configuration holds; gives the MvStatus. */
export function connect(): i32 {
  const request = callBuffer;
  memory.fill(request, 0, MV_MQTT_CONNECT_REQUEST_SIZE);
  store<u32>(request, option(APP_OPTIONS_PROTOCOL_VERSION), MV_MQTT_CONNECT_REQUEST_PROTOCOL_VERSION);
  store<u32>(request, hostBuffer, MV_MQTT_CONNECT_REQUEST_HOST_DATA);
  store<u32>(request, configuration.hostLength, MV_MQTT_CONNECT_REQUEST_HOST_LENGTH);
  store<u16>(request, configuration.port, MV_MQTT_CONNECT_REQUEST_PORT);
  store<u32>(request, clientId(), MV_MQTT_CONNECT_REQUEST_CLIENTID_DATA);
  store<u32>(request, clientIdLength(), MV_MQTT_CONNECT_REQUEST_CLIENTID_LENGTH);
  store<u32>(request, option(APP_OPTIONS_KEEP_ALIVE), MV_MQTT_CONNECT_REQUEST_KEEPALIVE);
  store<u8>(request, 1, MV_MQTT_CONNECT_REQUEST_CLEAN_START);
  if (configuration.userNameLength > 0) addPassword(request);
  store<u32>(request, credentials(request + MV_MQTT_CONNECT_REQUEST_SIZE), MV_MQTT_CONNECT_REQUEST_TLS_CREDENTIALS);
  return mvMqttRequestConnect(handle(), request);
}

function addPassword(request: usize): void {
  store<u8>(request, MV_MQTTAUTHENTICATIONMETHOD_USERNAMEPASSWORD, MV_MQTT_CONNECT_REQUEST_AUTHENTICATION_METHOD);
  store<u32>(request, userNameBuffer, MV_MQTT_CONNECT_REQUEST_AUTHENTICATION_USERNAME_PASSWORD_USERNAME_DATA);
  store<u32>(
    request,
    configuration.userNameLength,
    MV_MQTT_CONNECT_REQUEST_AUTHENTICATION_USERNAME_PASSWORD_USERNAME_LENGTH,
  );
  store<u32>(request, passwordBuffer, MV_MQTT_CONNECT_REQUEST_AUTHENTICATION_USERNAME_PASSWORD_PASSWORD_DATA);
  store<u32>(
    request,
    configuration.passwordLength,
    MV_MQTT_CONNECT_REQUEST_AUTHENTICATION_USERNAME_PASSWORD_PASSWORD_LENGTH,
  );
}

/** Writes MvTlsCredentials with its lists at `tls` and gives its address, 0 when there is nothing to say. */
function credentials(tls: usize): usize {
  const hasRoot = load<u32>(configuration.rootCa, CREDENTIAL_LENGTH) > 0;
  const hasCertificate = load<u32>(configuration.certificate, CREDENTIAL_LENGTH) > 0;
  if (!hasRoot && !hasCertificate) return 0;
  memory.fill(tls, 0, MV_TLS_CREDENTIALS_SIZE);
  const roots = tls + MV_TLS_CREDENTIALS_SIZE;
  const chain = roots + 8 * CHAIN_MAXIMUM;
  if (hasRoot) {
    store<u32>(tls, splitChain(configuration.rootCa, roots), MV_TLS_CREDENTIALS_CACERT_NUM_CERTS);
    store<u32>(tls, roots, MV_TLS_CREDENTIALS_CACERT_CERTS);
  }
  if (hasCertificate) {
    store<u32>(tls, splitChain(configuration.certificate, chain), MV_TLS_CREDENTIALS_CLIENTCERT_CHAIN_NUM_CERTS);
    store<u32>(tls, chain, MV_TLS_CREDENTIALS_CLIENTCERT_CHAIN_CERTS);
    store<u32>(tls, load<u32>(configuration.privateKey, CREDENTIAL_DATA), MV_TLS_CREDENTIALS_CLIENTCERT_KEY_DATA);
    store<u32>(tls, load<u32>(configuration.privateKey, CREDENTIAL_LENGTH), MV_TLS_CREDENTIALS_CLIENTCERT_KEY_LENGTH);
  }
  return tls;
}

/** Puts the topic of an option, or `prefix` and the client id, into the topic buffer. */
function makeTopic(topicField: usize, lengthField: usize, prefix: string): void {
  const length = option(lengthField);
  text.begin(topicBuffer, APP_LIMIT_TOPIC);
  if (length > 0) {
    text.bytes(load<u32>(options() + topicField), length);
  } else {
    text.ascii(prefix);
    text.bytes(clientId(), clientIdLength());
  }
  topicLength = text.length();
}

/** Subscribes to the command topic; gives the MvStatus. */
export function subscribe(): i32 {
  makeTopic(APP_OPTIONS_SUBSCRIBE_TOPIC, APP_OPTIONS_SUBSCRIBE_TOPIC_LENGTH, 'command/device/');
  const request = callBuffer;
  const subscription = request + MV_MQTT_SUBSCRIBE_REQUEST_SIZE;
  memory.fill(subscription, 0, MV_MQTT_SUBSCRIPTION_SIZE);
  store<u32>(subscription, topicBuffer, MV_MQTT_SUBSCRIPTION_TOPIC_DATA);
  store<u32>(subscription, topicLength, MV_MQTT_SUBSCRIPTION_TOPIC_LENGTH);
  store<u32>(subscription, option(APP_OPTIONS_QOS), MV_MQTT_SUBSCRIPTION_DESIRED_QOS);
  store<u32>(request, SUBSCRIBE_CORRELATION);
  store<u32>(request, subscription, MV_MQTT_SUBSCRIBE_REQUEST_SUBSCRIPTIONS);
  store<u32>(request, 1, MV_MQTT_SUBSCRIBE_REQUEST_NUM_SUBSCRIPTIONS);
  return mvMqttRequestSubscribe(handle(), request);
}

/** Reads the answer to `subscribe`: its reason code, or -1 when the request failed before there was one. */
export function readSubscribeResponse(): i32 {
  const response = callBuffer;
  const state = response + MV_MQTT_SUBSCRIBE_RESPONSE_SIZE;
  const code = state + 4;
  store<u32>(response, state, MV_MQTT_SUBSCRIBE_RESPONSE_REQUEST_STATE);
  store<u32>(response, state + 8, MV_MQTT_SUBSCRIBE_RESPONSE_CORRELATION_ID);
  store<u32>(response, code, MV_MQTT_SUBSCRIBE_RESPONSE_REASON_CODES);
  store<u32>(response, 4, MV_MQTT_SUBSCRIBE_RESPONSE_REASON_CODES_SIZE);
  store<u32>(response, state + 12, MV_MQTT_SUBSCRIBE_RESPONSE_REASON_CODES_LEN);
  if (mvMqttReadSubscribeResponse(handle(), response) != MV_STATUS_OKAY || load<u32>(state) != 0) return -1;
  return load<u32>(code);
}

/** Publishes the text that stands in the payload buffer; gives the MvStatus. */
export function publish(length: u32): i32 {
  makeTopic(APP_OPTIONS_PUBLISH_TOPIC, APP_OPTIONS_PUBLISH_TOPIC_LENGTH, 'sensor/device/');
  const request = callBuffer;
  memory.fill(request, 0, MV_MQTT_PUBLISH_REQUEST_SIZE);
  store<u32>(request, ++lastCorrelation, MV_MQTT_PUBLISH_REQUEST_CORRELATION_ID);
  store<u32>(request, topicBuffer, MV_MQTT_PUBLISH_REQUEST_TOPIC_DATA);
  store<u32>(request, topicLength, MV_MQTT_PUBLISH_REQUEST_TOPIC_LENGTH);
  store<u32>(request, payloadBuffer, MV_MQTT_PUBLISH_REQUEST_PAYLOAD_DATA);
  store<u32>(request, length, MV_MQTT_PUBLISH_REQUEST_PAYLOAD_LENGTH);
  store<u32>(request, option(APP_OPTIONS_QOS), MV_MQTT_PUBLISH_REQUEST_DESIRED_QOS);
  return mvMqttRequestPublish(handle(), request);
}

/** Takes a message into topic and payload buffer and acknowledges it; gives the MvStatus. */
export function receive(): i32 {
  const message = callBuffer;
  const out = message + MV_MQTT_MESSAGE_SIZE;
  store<u32>(message, out, MV_MQTT_MESSAGE_CORRELATION_ID);
  store<u32>(message, topicBuffer, MV_MQTT_MESSAGE_TOPIC_DATA);
  store<u32>(message, APP_LIMIT_TOPIC, MV_MQTT_MESSAGE_TOPIC_SIZE);
  store<u32>(message, out + 4, MV_MQTT_MESSAGE_TOPIC_LENGTH);
  store<u32>(message, payloadBuffer, MV_MQTT_MESSAGE_PAYLOAD_DATA);
  store<u32>(message, PAYLOAD_SIZE, MV_MQTT_MESSAGE_PAYLOAD_SIZE);
  store<u32>(message, out + 8, MV_MQTT_MESSAGE_PAYLOAD_LENGTH);
  store<u32>(message, out + 12, MV_MQTT_MESSAGE_QOS);
  store<u32>(message, out + 16, MV_MQTT_MESSAGE_RETAIN);
  const status = mvMqttReceiveMessage(handle(), message);
  if (status != MV_STATUS_OKAY) return status;
  topicLength = load<u32>(out, 4);
  payloadLength = load<u32>(out, 8);
  return load<u32>(out, 12) > 0 ? mvMqttAcknowledgeMessage(handle(), load<u32>(out)) : status;
}
