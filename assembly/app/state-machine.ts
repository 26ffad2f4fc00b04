/** The states of the application and what moves between them. Every function returns at once. */
import { AppLimit, AppState, ReasonCode } from '../../build/abi/assembly';
import {
  MvChannelType,
  MvEventType,
  MvMqttConnectResponse,
  MvMqttDisconnectResponse,
  MvMqttLostMessageInfo,
  MvMqttPublishResponse,
  MvMqttReadableDataType,
  MvNetworkStatus,
  MvStatus,
  mvGetNetworkStatus,
  mvGetWallTime,
  mvMqttGetNextReadableDataType,
  mvMqttReadConnectResponse,
  mvMqttReadDisconnectResponse,
  mvMqttReadPublishResponse,
  mvMqttReceiveLostMessageInfo,
} from '../../build/abi/microvisor-assembly';
import { options } from './app-options';
import * as attempts from './attempts';
import { BACKOFF_MAXIMUM } from './backoff';
import * as channel from './channel';
import * as configuration from './configuration';
import { firstCertificate } from './credentials';
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

export let state: i32 = AppState.IDLE;
let notificationHandle: u32 = 0;
let networkHandle: u32 = 0;
let configured = false;
let readings: i32 = 0;
let commands: i32 = 0;

/** Takes the handles of the start-up. The device begins when the network is connected. */
export function start(notifications: u32, network: u32): void {
  notificationHandle = notifications;
  networkHandle = network;
  state = AppState.WAITING_FOR_NETWORK;
  onNetwork();
}

/** Start-up failed: the device can do nothing without these calls. */
export function halt(call: string, status: i32): void {
  state = AppState.FAILED;
  log.line();
  ascii('error: ');
  ascii(call);
  ascii(' gave status ');
  decimal(status);
  log.send();
}

export function onNotification(eventType: u32, tag: u32): void {
  if (tag == TAG_NETWORK) return onNetwork();
  if (channel.handle() == 0) return; // of a channel that has been closed since
  if (eventType == MvEventType.CHANNELNOTCONNECTED) return dropped('the channel was closed', -1);
  if (eventType != MvEventType.CHANNELDATAREADABLE) return;
  if (tag == TAG_CONFIGURATION && state == AppState.FETCHING_CONFIGURATION) return onConfiguration();
  if (tag == TAG_MQTT) onReadable();
}

export function onTimer(): void {
  if (state == AppState.ONLINE) {
    mv_host_timer(options().interval);
    attempts.check();
    publishReading();
  } else if (state == AppState.FAILED || (state == AppState.BACKING_OFF && !configured)) {
    fetch();
  } else if (state == AppState.BACKING_OFF) {
    connect();
  }
}

function onNetwork(): void {
  if (mvGetNetworkStatus(networkHandle, callBuffer) != MvStatus.OKAY) return;
  if (load<u32>(callBuffer) != MvNetworkStatus.CONNECTED || state != AppState.WAITING_FOR_NETWORK) return;
  log.log('network connected');
  fetch();
}

function fetch(): void {
  state = AppState.FETCHING_CONFIGURATION;
  configured = false;
  const status = channel.open(MvChannelType.CONFIGFETCH, TAG_CONFIGURATION, notificationHandle, networkHandle);
  if (status != MvStatus.OKAY) return retry('could not open the configuration channel, status ', status);
  const sent = configuration.request();
  if (sent != MvStatus.OKAY) retry('could not ask for the configuration, status ', sent);
}

function onConfiguration(): void {
  const outcome = configuration.read(now());
  channel.close();
  if (outcome == configuration.CONFIGURATION_UNAVAILABLE)
    return retry('the configuration could not be read, outcome ', outcome);
  if (outcome == configuration.CONFIGURATION_WRONG) {
    state = AppState.FAILED;
    mv_host_timer(BACKOFF_MAXIMUM); // the stores may be corrected by then
    return;
  }
  configured = true;
  logCredentials();
  connect();
}

function logCredentials(): void {
  if (configuration.certificate.length > 0) {
    const first = firstCertificate(configuration.certificate);
    log.line();
    ascii('certificate of ');
    bytes(first.subjectCommonName, first.subjectCommonNameLength);
    log.sendOnce();
  }
  if (configuration.userNameLength > 0) {
    log.line();
    ascii('user name ');
    bytes(userNameBuffer, configuration.userNameLength);
    log.sendOnce();
  }
}

function connect(): void {
  state = AppState.CONNECTING;
  const status = channel.open(MvChannelType.MQTT, TAG_MQTT, notificationHandle, networkHandle);
  if (status != MvStatus.OKAY) return retry('could not open the MQTT channel, status ', status);
  log.line();
  ascii('connecting to ');
  bytes(hostBuffer, configuration.hostLength);
  ascii(':');
  decimal(configuration.port);
  ascii(' as ');
  bytes(connection.clientId(), connection.clientIdLength());
  log.sendOnce();
  const sent = connection.connect();
  if (sent != MvStatus.OKAY) retry('could not ask for the connection, status ', sent);
}

/** Each notification is for one readable item. */
function onReadable(): void {
  const handle = channel.handle();
  if (mvMqttGetNextReadableDataType(handle, callBuffer) != MvStatus.OKAY)
    return dropped('the channel cannot be read', -1);
  switch (load<u32>(callBuffer)) {
    case MvMqttReadableDataType.CONNECTRESPONSE:
      return onConnectResponse(handle);
    case MvMqttReadableDataType.SUBSCRIBERESPONSE:
      return onSubscribeResponse();
    case MvMqttReadableDataType.PUBLISHRESPONSE:
      return onPublishResponse(handle);
    case MvMqttReadableDataType.MESSAGERECEIVED:
      return onMessage();
    case MvMqttReadableDataType.MESSAGELOST:
      return onLostMessage(handle);
    case MvMqttReadableDataType.DISCONNECTRESPONSE:
      mvMqttReadDisconnectResponse(handle, callBuffer);
      return dropped(
        'the broker ended the connection',
        changetype<MvMqttDisconnectResponse>(callBuffer).disconnectCode,
      );
  }
}

function onConnectResponse(handle: u32): void {
  const status = mvMqttReadConnectResponse(handle, callBuffer);
  const response = changetype<MvMqttConnectResponse>(callBuffer);
  const request = response.requestState;
  const reason = response.reasonCode;
  if (status != MvStatus.OKAY || request != 0 || reason != 0) {
    configured = false; // the values in the stores may be corrected by then
    if (status != MvStatus.OKAY) return retry('could not read the answer to the connection, status ', status);
    if (request != 0) return retry('could not connect, request state ', request);
    return retry('the broker refused the connection, reason code ', reason);
  }
  log.line();
  ascii('connected');
  log.sendOnce();
  attempts.connected();
  state = AppState.SUBSCRIBING;
  const sent = connection.subscribe();
  if (sent != MvStatus.OKAY) retry('could not ask for the subscription, status ', sent);
}

function onSubscribeResponse(): void {
  const code = connection.readSubscribeResponse();
  const isRefused = <u32>code > <u32>ReasonCode.GRANTED_QO_S2; // also -1
  log.line();
  ascii(isRefused ? 'error: subscription refused: ' : 'subscribed to ');
  bytes(topicBuffer, connection.topicLength);
  if (isRefused) {
    ascii(', reason code ');
    decimal(code);
  }
  log.sendOnce();
  // A device whose command topic is refused still publishes its readings.
  state = AppState.ONLINE;
  onTimer();
}

function onPublishResponse(handle: u32): void {
  if (mvMqttReadPublishResponse(handle, callBuffer) != MvStatus.OKAY) return;
  const response = changetype<MvMqttPublishResponse>(callBuffer);
  const request = response.requestState;
  const reason = response.reasonCode;
  if (request != 0) {
    log.line();
    ascii('error: reading not published, request state ');
    decimal(request);
    log.sendOnce();
  } else if (reason >= <u32>ReasonCode.UNSPECIFIED_ERROR) log.logNumber('error: reading refused, reason code ', reason);
}

function onMessage(): void {
  const status = connection.receive();
  if (status != MvStatus.OKAY) return log.logNumber('error: message not received or acknowledged, status ', status);
  commands++;
  log.line();
  ascii('command on ');
  bytes(topicBuffer, connection.topicLength);
  ascii(': ');
  bytes(payloadBuffer, connection.payloadLength);
  log.send();
  if (state == AppState.ONLINE) publishReading(); // the answer: its number of commands has gone up
}

function onLostMessage(handle: u32): void {
  const info = changetype<MvMqttLostMessageInfo>(callBuffer);
  const out = callBuffer + MvMqttLostMessageInfo.SIZE;
  info.reason = out;
  info.topicData = topicBuffer;
  info.topicSize = AppLimit.TOPIC;
  info.topicLength = out + 4;
  info.messageLen = out + 8;
  if (mvMqttReceiveLostMessageInfo(handle, callBuffer) != MvStatus.OKAY) return;
  log.logNumber('error: message lost, too large for the receive buffer, bytes: ', load<u32>(out, 8));
}

function publishReading(): void {
  const status = connection.publish(writeReading(++readings, commands));
  if (status != MvStatus.OKAY) log.logNumber('reading skipped, status ', status);
}

/** The connection or channel is gone. `code` is that of the broker's DISCONNECT, or -1. */
function dropped(reason: string, code: i32): void {
  tryAgain(attempts.dropped(reason, code));
}

function retry(reason: string, value: i32): void {
  tryAgain(attempts.failed(reason, value));
}

/** Closes what is left and tries again later. */
function tryAgain(delay: i32): void {
  channel.close();
  state = AppState.BACKING_OFF;
  mv_host_timer(delay);
}

/** Unix seconds, 0 while the clock is not set. */
function now(): i64 {
  return mvGetWallTime(callBuffer) == MvStatus.OKAY ? <i64>(load<u64>(callBuffer) / 1_000_000) : 0;
}
