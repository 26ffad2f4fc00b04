import {
  MvMqttConnectResponseLayout,
  MvMqttDisconnectResponseLayout,
  MvMqttLostMessageInfoLayout,
  MvMqttLostMessageReason,
  MvMqttMessageLayout,
  MvMqttPublishResponseLayout,
  MvMqttReadableDataType,
  MvMqttSubscribeResponseLayout,
  type MvSizedStringBuffer,
  MvStatus,
  readMvMqttLostMessageInfo,
  readMvMqttMessage,
  readMvMqttSubscribeResponse,
  writeMvMqttConnectResponse,
  writeMvMqttDisconnectResponse,
  writeMvMqttPublishResponse,
} from '../../../../build/abi/microvisor.js';
import { type Calls, refuse } from '../../kernel/statuses.js';
import type { Item } from '../../managed-client/inbox.js';
import type { MqttChannel } from '../../managed-client/mqtt-channel.js';
import type { MqttCallServices, UseMqtt } from './use-mqtt.js';

const late = MvStatus.LATEFAULT;
const { CONNECTRESPONSE, DISCONNECTRESPONSE, PUBLISHRESPONSE, SUBSCRIBERESPONSE, UNSUBSCRIBERESPONSE } =
  MvMqttReadableDataType;
const { MESSAGERECEIVED, MESSAGELOST } = MvMqttReadableDataType;

/** The calls that read: what is next, the five responses, messages and lost messages. */
export function responseCalls(kernel: MqttCallServices, use: UseMqtt): Calls {
  const { memory } = kernel;
  return {
    mvMqttGetNextReadableDataType: (handle, typeOut) => {
      memory.check(typeOut, 4, 4);
      memory.view.setUint32(typeOut, use(handle).mqtt.inbox.nextType, true);
    },
    mvMqttReadConnectResponse: (handle, address) => {
      memory.check(address, MvMqttConnectResponseLayout.SIZE, 4);
      const { mqtt } = use(handle);
      const item = unread(mqtt, CONNECTRESPONSE);
      writeMvMqttConnectResponse(memory.view, address, { requestState: item.state, reasonCode: item.code });
      mqtt.inbox.consume(item);
    },
    mvMqttReadPublishResponse: (handle, address) => {
      memory.check(address, MvMqttPublishResponseLayout.SIZE, 4);
      const { mqtt } = use(handle);
      const item = unread(mqtt, PUBLISHRESPONSE);
      const { state, correlationId, code } = item;
      writeMvMqttPublishResponse(memory.view, address, { requestState: state, correlationId, reasonCode: code });
      mqtt.inbox.consume(item);
    },
    mvMqttReadDisconnectResponse: (handle, address) => {
      memory.check(address, MvMqttDisconnectResponseLayout.SIZE, 4);
      const { mqtt } = use(handle);
      const item = unread(mqtt, DISCONNECTRESPONSE);
      writeMvMqttDisconnectResponse(memory.view, address, { requestState: item.state, disconnectCode: item.code });
      mqtt.inbox.consume(item);
    },
    // The two structures have the same layout.
    mvMqttReadSubscribeResponse: (handle, address) => readCodes(kernel, use, SUBSCRIBERESPONSE, handle, address),
    mvMqttReadUnsubscribeResponse: (handle, address) => readCodes(kernel, use, UNSUBSCRIBERESPONSE, handle, address),
    mvMqttReceiveMessage: (handle, address) => receiveMessage(kernel, use, handle, address),
    mvMqttReceiveLostMessageInfo: (handle, address) => receiveLost(kernel, use, handle, address),
  };
}

/** The item to read. The SDK documents no status of its own for an item that is not there. */
function unread<T extends Item['type']>(mqtt: MqttChannel, type: T): Extract<Item, { type: T }> {
  return mqtt.inbox.peek(type) ?? refuse(MvStatus.PARAMETERFAULT);
}

function readCodes(
  kernel: MqttCallServices,
  use: UseMqtt,
  type: typeof SUBSCRIBERESPONSE | typeof UNSUBSCRIBERESPONSE,
  handle: number,
  address: number,
): void {
  const { memory } = kernel;
  memory.check(address, MvMqttSubscribeResponseLayout.SIZE, 4);
  const { channel, mqtt } = use(handle);
  const item = unread<Item['type']>(mqtt, type) as Extract<Item, { codes: number[] }>;
  const out = readMvMqttSubscribeResponse(memory.view, address);
  kernel.channels.guard(channel, () => {
    for (const pointer of [out.requestState, out.correlationId, out.reasonCodesLen]) memory.check(pointer, 4, 4, late);
    // The header counts reason_codes_size in bytes, applications pass the number of elements: both are accepted.
    if (item.codes.length > out.reasonCodesSize) refuse(MvStatus.INVALIDBUFFERSIZE);
    if (item.codes.length > 0) memory.check(out.reasonCodes, item.codes.length * 4, 4, late);
  });
  memory.view.setUint32(out.requestState, item.state, true);
  memory.view.setUint32(out.correlationId, item.correlationId, true);
  memory.view.setUint32(out.reasonCodesLen, item.codes.length, true);
  for (const [index, code] of item.codes.entries()) memory.view.setUint32(out.reasonCodes + index * 4, code, true);
  mqtt.inbox.consume(item);
}

function receiveMessage(kernel: MqttCallServices, use: UseMqtt, handle: number, address: number): void {
  const { memory } = kernel;
  memory.check(address, MvMqttMessageLayout.SIZE, 4);
  const { channel, mqtt } = use(handle);
  const item = unread(mqtt, MESSAGERECEIVED);
  const out = readMvMqttMessage(memory.view, address);
  kernel.channels.guard(channel, () => {
    memory.check(out.correlationId, 4, 4, late);
    memory.check(out.qos, 4, 4, late);
    memory.check(out.retain, 1, 1, late);
    checkBuffer(kernel, out.topic, item.topic);
    checkBuffer(kernel, out.payload, item.payload);
  });
  memory.view.setUint32(out.correlationId, item.correlationId, true);
  memory.view.setUint32(out.qos, item.qos, true);
  memory.view.setUint8(out.retain, item.retain ? 1 : 0);
  writeBuffer(kernel, out.topic, item.topic);
  writeBuffer(kernel, out.payload, item.payload);
  mqtt.inbox.consume(item);
}

function receiveLost(kernel: MqttCallServices, use: UseMqtt, handle: number, address: number): void {
  const { memory } = kernel;
  memory.check(address, MvMqttLostMessageInfoLayout.SIZE, 4);
  const { channel, mqtt } = use(handle);
  const item = unread(mqtt, MESSAGELOST);
  const out = readMvMqttLostMessageInfo(memory.view, address);
  kernel.channels.guard(channel, () => {
    memory.check(out.reason, 4, 4, late);
    memory.check(out.messageLen, 4, 4, late);
    checkBuffer(kernel, out.topic, item.topic);
  });
  memory.view.setUint32(out.reason, MvMqttLostMessageReason.DEVICERECEIVEBUFFERTOOSMALL, true);
  memory.view.setUint32(out.messageLen, item.length, true);
  writeBuffer(kernel, out.topic, item.topic);
  mqtt.inbox.consume(item);
}

/** Refuses with LATEFAULT for a bad pointer and INVALIDBUFFERSIZE when the value does not fit; the item stays unread. */
function checkBuffer({ memory }: MqttCallServices, out: MvSizedStringBuffer, value: Uint8Array): void {
  memory.check(out.length, 4, 4, late);
  if (out.size > 0) memory.check(out.data, out.size, 1, late);
  if (value.length > out.size) refuse(MvStatus.INVALIDBUFFERSIZE);
}

function writeBuffer({ memory }: MqttCallServices, out: MvSizedStringBuffer, value: Uint8Array): void {
  memory.view.setUint32(out.length, value.length, true);
  memory.write(out.data, value);
}
