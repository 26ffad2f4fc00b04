/** The states of the application and what moves between them. Every function returns at once. */
import {
  APP_OPTIONS_INTERVAL,
  APP_STATE_BACKING_OFF,
  APP_STATE_CONNECTING,
  APP_STATE_FAILED,
  APP_STATE_FETCHING_CONFIGURATION,
  APP_STATE_IDLE,
  APP_STATE_ONLINE,
  APP_STATE_SUBSCRIBING,
  APP_STATE_WAITING_FOR_NETWORK,
  CREDENTIAL_LENGTH,
} from '../../build/abi/assembly';
import {
  MV_CHANNELTYPE_CONFIGFETCH,
  MV_CHANNELTYPE_MQTT,
  MV_EVENTTYPE_CHANNELDATAREADABLE,
  MV_EVENTTYPE_CHANNELNOTCONNECTED,
  MV_MQTT_CONNECT_RESPONSE_REASON_CODE,
  MV_MQTT_CONNECT_RESPONSE_REQUEST_STATE,
  MV_MQTT_DISCONNECT_RESPONSE_DISCONNECT_CODE,
  MV_MQTT_LOST_MESSAGE_INFO_MESSAGE_LEN,
  MV_MQTT_LOST_MESSAGE_INFO_REASON,
  MV_MQTT_LOST_MESSAGE_INFO_SIZE,
  MV_MQTT_LOST_MESSAGE_INFO_TOPIC_DATA,
  MV_MQTT_LOST_MESSAGE_INFO_TOPIC_LENGTH,
  MV_MQTT_LOST_MESSAGE_INFO_TOPIC_SIZE,
  MV_MQTT_PUBLISH_RESPONSE_REASON_CODE,
  MV_MQTT_PUBLISH_RESPONSE_REQUEST_STATE,
  MV_MQTTREADABLEDATATYPE_CONNECTRESPONSE,
  MV_MQTTREADABLEDATATYPE_DISCONNECTRESPONSE,
  MV_MQTTREADABLEDATATYPE_MESSAGELOST,
  MV_MQTTREADABLEDATATYPE_MESSAGERECEIVED,
  MV_MQTTREADABLEDATATYPE_PUBLISHRESPONSE,
  MV_MQTTREADABLEDATATYPE_SUBSCRIBERESPONSE,
  MV_NETWORKSTATUS_CONNECTED,
  MV_STATUS_OKAY,
  mvGetMicroseconds,
  mvGetNetworkStatus,
  mvGetWallTime,
  mvMqttGetNextReadableDataType,
  mvMqttReadConnectResponse,
  mvMqttReadDisconnectResponse,
  mvMqttReadPublishResponse,
  mvMqttReceiveLostMessageInfo,
} from '../../build/abi/microvisor-assembly';
import { option } from './app-options';
import { BACKOFF_MAXIMUM, nextBackoff, withJitter } from './backoff';
import * as channel from './channel';
import * as configuration from './configuration';
import { subjectOf } from './credentials';
import { mv_host_timer } from './host-timer';
import * as log from './log';
import { callBuffer, hostBuffer, payloadBuffer, topicBuffer, userNameBuffer } from './memory-map';
import * as connection from './mqtt-calls';
import { ascii, bytes, decimal } from './text-writer';
import { writeReading } from './write-reading';

/** Notification tags. */
export const TAG_NETWORK: u32 = 1;
export const TAG_CONFIGURATION: u32 = 2;
export const TAG_MQTT: u32 = 3;

export let state: i32 = APP_STATE_IDLE;
let notificationHandle: u32 = 0;
let networkHandle: u32 = 0;
let configured = false;
let backoff: i32 = 0;
let readings: i32 = 0;
let commands: i32 = 0;
let drops: i32 = 0;

/** Takes the handles that the start-up got, and begins when the network is there. */
export function start(notifications: u32, network: u32): void {
  notificationHandle = notifications;
  networkHandle = network;
  state = APP_STATE_WAITING_FOR_NETWORK;
  onNetwork();
}

/** Start-up failed: nothing can be done without these calls. */
export function halt(call: string, status: i32): void {
  state = APP_STATE_FAILED;
  log.line();
  ascii('error: ');
  ascii(call);
  ascii(' gave status ');
  decimal(status);
  log.send();
}

export function onNotification(eventType: u32, tag: u32): void {
  if (tag == TAG_NETWORK) return onNetwork();
  if (channel.handle() == 0) return; // of a channel that was closed meanwhile
  if (eventType == MV_EVENTTYPE_CHANNELNOTCONNECTED) return dropped('the channel was closed');
  if (eventType != MV_EVENTTYPE_CHANNELDATAREADABLE) return;
  if (tag == TAG_CONFIGURATION && state == APP_STATE_FETCHING_CONFIGURATION) return onConfiguration();
  if (tag == TAG_MQTT) onReadable();
}

export function onTimer(): void {
  if (state == APP_STATE_ONLINE) {
    mv_host_timer(option(APP_OPTIONS_INTERVAL));
    publishReading();
  } else if (state == APP_STATE_FAILED || (state == APP_STATE_BACKING_OFF && !configured)) {
    fetch();
  } else if (state == APP_STATE_BACKING_OFF) {
    connect();
  }
}

function onNetwork(): void {
  if (mvGetNetworkStatus(networkHandle, callBuffer) != MV_STATUS_OKAY) return;
  if (load<u32>(callBuffer) != MV_NETWORKSTATUS_CONNECTED || state != APP_STATE_WAITING_FOR_NETWORK) return;
  log.log('network connected');
  fetch();
}

function fetch(): void {
  state = APP_STATE_FETCHING_CONFIGURATION;
  configured = false;
  const status = channel.open(MV_CHANNELTYPE_CONFIGFETCH, TAG_CONFIGURATION, notificationHandle, networkHandle);
  if (status != MV_STATUS_OKAY) return retry('could not open the configuration channel, status ', status);
  const sent = configuration.request();
  if (sent != MV_STATUS_OKAY) retry('could not ask for the configuration, status ', sent);
}

function onConfiguration(): void {
  const outcome = configuration.read(now());
  channel.close();
  if (outcome == configuration.CONFIGURATION_UNAVAILABLE)
    return retry('the configuration could not be read, outcome ', outcome);
  if (outcome == configuration.CONFIGURATION_WRONG) {
    state = APP_STATE_FAILED;
    mv_host_timer(BACKOFF_MAXIMUM); // the stores may be mended meanwhile
    return;
  }
  configured = true;
  logCredentials();
  connect();
}

function logCredentials(): void {
  if (load<u32>(configuration.certificate, CREDENTIAL_LENGTH) > 0) {
    const subject = subjectOf(configuration.certificate);
    log.line();
    ascii('certificate of ');
    bytes(load<u32>(subject), load<u32>(subject, 4));
    log.send();
  }
  if (configuration.userNameLength > 0) {
    log.line();
    ascii('user name ');
    bytes(userNameBuffer, configuration.userNameLength);
    log.send();
  }
}

function connect(): void {
  state = APP_STATE_CONNECTING;
  const status = channel.open(MV_CHANNELTYPE_MQTT, TAG_MQTT, notificationHandle, networkHandle);
  if (status != MV_STATUS_OKAY) return retry('could not open the MQTT channel, status ', status);
  log.line();
  ascii('connecting to ');
  bytes(hostBuffer, configuration.hostLength);
  ascii(':');
  decimal(configuration.port);
  ascii(' as ');
  bytes(connection.clientId(), connection.clientIdLength());
  log.send();
  const sent = connection.connect();
  if (sent != MV_STATUS_OKAY) retry('could not ask for the connection, status ', sent);
}

/** One notification stands for one readable item. */
function onReadable(): void {
  const handle = channel.handle();
  if (mvMqttGetNextReadableDataType(handle, callBuffer) != MV_STATUS_OKAY) return dropped('the channel cannot be read');
  switch (load<u32>(callBuffer)) {
    case MV_MQTTREADABLEDATATYPE_CONNECTRESPONSE:
      return onConnectResponse(handle);
    case MV_MQTTREADABLEDATATYPE_SUBSCRIBERESPONSE:
      return onSubscribeResponse();
    case MV_MQTTREADABLEDATATYPE_PUBLISHRESPONSE:
      return onPublishResponse(handle);
    case MV_MQTTREADABLEDATATYPE_MESSAGERECEIVED:
      return onMessage();
    case MV_MQTTREADABLEDATATYPE_MESSAGELOST:
      return onLostMessage(handle);
    case MV_MQTTREADABLEDATATYPE_DISCONNECTRESPONSE:
      mvMqttReadDisconnectResponse(handle, callBuffer);
      log.logNumber('disconnected, code ', load<u32>(callBuffer, MV_MQTT_DISCONNECT_RESPONSE_DISCONNECT_CODE));
      return dropped('the broker ended the connection');
  }
}

function onConnectResponse(handle: u32): void {
  const status = mvMqttReadConnectResponse(handle, callBuffer);
  const request = load<u32>(callBuffer, MV_MQTT_CONNECT_RESPONSE_REQUEST_STATE);
  const reason = load<u32>(callBuffer, MV_MQTT_CONNECT_RESPONSE_REASON_CODE);
  if (status != MV_STATUS_OKAY || request != 0 || reason != 0) {
    configured = false; // what was wrong may be mended in the stores
    if (status != MV_STATUS_OKAY) return retry('could not read the answer to the connection, status ', status);
    if (request != 0) return retry('could not connect, request state ', request);
    return retry('the broker refused the connection, reason code ', reason);
  }
  log.log('connected');
  backoff = 0;
  state = APP_STATE_SUBSCRIBING;
  const sent = connection.subscribe();
  if (sent != MV_STATUS_OKAY) retry('could not ask for the subscription, status ', sent);
}

function onSubscribeResponse(): void {
  const code = connection.readSubscribeResponse();
  log.line();
  ascii(code < 0 || code > 2 ? 'error: subscription refused: ' : 'subscribed to ');
  bytes(topicBuffer, connection.topicLength);
  if (code < 0 || code > 2) {
    ascii(', reason code ');
    decimal(code);
  }
  log.send();
  // A device whose command topic is refused still gives its readings.
  state = APP_STATE_ONLINE;
  onTimer();
}

function onPublishResponse(handle: u32): void {
  if (mvMqttReadPublishResponse(handle, callBuffer) != MV_STATUS_OKAY) return;
  const request = load<u32>(callBuffer, MV_MQTT_PUBLISH_RESPONSE_REQUEST_STATE);
  const reason = load<u32>(callBuffer, MV_MQTT_PUBLISH_RESPONSE_REASON_CODE);
  if (request != 0) log.logNumber('error: reading not published, request state ', request);
  else if (reason >= 0x80) log.logNumber('error: reading refused, reason code ', reason);
}

function onMessage(): void {
  const status = connection.receive();
  if (status != MV_STATUS_OKAY) return log.logNumber('error: message not received or acknowledged, status ', status);
  commands++;
  log.line();
  ascii('command on ');
  bytes(topicBuffer, connection.topicLength);
  ascii(': ');
  bytes(payloadBuffer, connection.payloadLength);
  log.send();
  if (state == APP_STATE_ONLINE) publishReading(); // the answer: its count of commands has gone up
}

function onLostMessage(handle: u32): void {
  const info = callBuffer;
  const out = info + MV_MQTT_LOST_MESSAGE_INFO_SIZE;
  store<u32>(info, out, MV_MQTT_LOST_MESSAGE_INFO_REASON);
  store<u32>(info, topicBuffer, MV_MQTT_LOST_MESSAGE_INFO_TOPIC_DATA);
  store<u32>(info, 256, MV_MQTT_LOST_MESSAGE_INFO_TOPIC_SIZE);
  store<u32>(info, out + 4, MV_MQTT_LOST_MESSAGE_INFO_TOPIC_LENGTH);
  store<u32>(info, out + 8, MV_MQTT_LOST_MESSAGE_INFO_MESSAGE_LEN);
  if (mvMqttReceiveLostMessageInfo(handle, info) != MV_STATUS_OKAY) return;
  log.logNumber('error: message lost, too large for the receive buffer, bytes: ', load<u32>(out, 8));
}

function publishReading(): void {
  const status = connection.publish(writeReading(++readings, commands));
  if (status != MV_STATUS_OKAY) log.logNumber('reading skipped, status ', status);
}

/** The connection or channel is gone: close what is left and come back. */
function dropped(reason: string): void {
  drops++;
  log.log(reason);
  retry('connection lost, time ', drops);
}

function retry(reason: string, value: i32): void {
  channel.close();
  backoff = nextBackoff(backoff);
  state = APP_STATE_BACKING_OFF;
  const microseconds = mvGetMicroseconds(callBuffer) == MV_STATUS_OKAY ? load<u32>(callBuffer) : 0;
  const delay = withJitter(backoff, microseconds);
  log.line();
  ascii(reason);
  decimal(value);
  ascii('; next attempt in ');
  decimal(delay);
  ascii(' ms');
  log.send();
  mv_host_timer(delay);
}

/** Unix seconds, 0 while the clock is not set. */
function now(): i64 {
  return mvGetWallTime(callBuffer) == MV_STATUS_OKAY ? <i64>(load<u64>(callBuffer) / 1_000_000) : 0;
}
