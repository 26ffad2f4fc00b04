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
import type { Calls } from '../../kernel/statuses.js';
import type { Item } from '../../managed-client/inbox.js';
import type { MqttChannel } from '../../managed-client/mqtt-channel.js';
import type { MqttCallServices, UseMqtt } from './use-mqtt.js';

const { OKAY, PARAMETERFAULT, LATEFAULT, INVALIDBUFFERSIZE } = MvStatus;
const { CONNECTRESPONSE, DISCONNECTRESPONSE, PUBLISHRESPONSE, SUBSCRIBERESPONSE, UNSUBSCRIBERESPONSE } =
  MvMqttReadableDataType;
const { MESSAGERECEIVED, MESSAGELOST } = MvMqttReadableDataType;

/**
 * The calls that read: what is next, the five responses, messages and lost messages. The SDK documents no status of its own for
 * an item that is not there: it is PARAMETERFAULT.
 */
export function responseCalls(kernel: MqttCallServices, use: UseMqtt): Calls {
  const { memory } = kernel;
  return {
    mvMqttGetNextReadableDataType: (handle, typeOut) => {
      if (!memory.holds(typeOut, 4, 4)) return PARAMETERFAULT;
      const mqtt = use(handle);
      if (typeof mqtt === 'number') return mqtt;
      memory.view.setUint32(typeOut, mqtt.inbox.nextType, true);
      return OKAY;
    },
    mvMqttReadConnectResponse: (handle, address) => {
      if (!memory.holds(address, MvMqttConnectResponseLayout.SIZE, 4)) return PARAMETERFAULT;
      const mqtt = use(handle);
      if (typeof mqtt === 'number') return mqtt;
      const item = mqtt.inbox.peek(CONNECTRESPONSE);
      if (!item) return PARAMETERFAULT;
      writeMvMqttConnectResponse(memory.view, address, { requestState: item.state, reasonCode: item.code });
      mqtt.inbox.consume(item);
      return OKAY;
    },
    mvMqttReadPublishResponse: (handle, address) => {
      if (!memory.holds(address, MvMqttPublishResponseLayout.SIZE, 4)) return PARAMETERFAULT;
      const mqtt = use(handle);
      if (typeof mqtt === 'number') return mqtt;
      const item = mqtt.inbox.peek(PUBLISHRESPONSE);
      if (!item) return PARAMETERFAULT;
      const { state, correlationId, code } = item;
      writeMvMqttPublishResponse(memory.view, address, { requestState: state, correlationId, reasonCode: code });
      mqtt.inbox.consume(item);
      return OKAY;
    },
    mvMqttReadDisconnectResponse: (handle, address) => {
      if (!memory.holds(address, MvMqttDisconnectResponseLayout.SIZE, 4)) return PARAMETERFAULT;
      const mqtt = use(handle);
      if (typeof mqtt === 'number') return mqtt;
      const item = mqtt.inbox.peek(DISCONNECTRESPONSE);
      if (!item) return PARAMETERFAULT;
      writeMvMqttDisconnectResponse(memory.view, address, { requestState: item.state, disconnectCode: item.code });
      mqtt.inbox.consume(item);
      return OKAY;
    },
    // The two structures have the same layout.
    mvMqttReadSubscribeResponse: (handle, address) => readCodes(kernel, use, SUBSCRIBERESPONSE, handle, address),
    mvMqttReadUnsubscribeResponse: (handle, address) => readCodes(kernel, use, UNSUBSCRIBERESPONSE, handle, address),
    mvMqttReceiveMessage: (handle, address) => receiveMessage(kernel, use, handle, address),
    mvMqttReceiveLostMessageInfo: (handle, address) => receiveLost(kernel, use, handle, address),
  };
}

function readCodes(
  kernel: MqttCallServices,
  use: UseMqtt,
  type: typeof SUBSCRIBERESPONSE | typeof UNSUBSCRIBERESPONSE,
  handle: number,
  address: number,
) {
  const { memory } = kernel;
  if (!memory.holds(address, MvMqttSubscribeResponseLayout.SIZE, 4)) return PARAMETERFAULT;
  const mqtt = use(handle);
  if (typeof mqtt === 'number') return mqtt;
  const item = mqtt.inbox.peek<Item['type']>(type) as Extract<Item, { codes: number[] }> | undefined;
  if (!item) return PARAMETERFAULT;
  const out = readMvMqttSubscribeResponse(memory.view, address);
  if (!holdsWords(kernel, out.requestState, out.correlationId, out.reasonCodesLen)) return late(kernel, mqtt);
  // The header counts reason_codes_size in bytes, applications pass the number of elements: both are accepted.
  if (item.codes.length > out.reasonCodesSize) return INVALIDBUFFERSIZE;
  if (item.codes.length > 0 && !memory.holds(out.reasonCodes, item.codes.length * 4, 4)) return late(kernel, mqtt);
  memory.view.setUint32(out.requestState, item.state, true);
  memory.view.setUint32(out.correlationId, item.correlationId, true);
  memory.view.setUint32(out.reasonCodesLen, item.codes.length, true);
  for (const [index, code] of item.codes.entries()) memory.view.setUint32(out.reasonCodes + index * 4, code, true);
  mqtt.inbox.consume(item);
  return OKAY;
}

function receiveMessage(kernel: MqttCallServices, use: UseMqtt, handle: number, address: number) {
  const { memory } = kernel;
  if (!memory.holds(address, MvMqttMessageLayout.SIZE, 4)) return PARAMETERFAULT;
  const mqtt = use(handle);
  if (typeof mqtt === 'number') return mqtt;
  const item = mqtt.inbox.peek(MESSAGERECEIVED);
  if (!item) return PARAMETERFAULT;
  const out = readMvMqttMessage(memory.view, address);
  const holds = holdsWords(kernel, out.correlationId, out.qos) && memory.holds(out.retain, 1);
  if (!holds || !holdsBuffer(kernel, out.topic) || !holdsBuffer(kernel, out.payload)) return late(kernel, mqtt);
  // The item stays unread.
  if (item.topic.length > out.topic.size || item.payload.length > out.payload.size) return INVALIDBUFFERSIZE;
  memory.view.setUint32(out.correlationId, item.correlationId, true);
  memory.view.setUint32(out.qos, item.qos, true);
  memory.view.setUint8(out.retain, item.retain ? 1 : 0);
  writeBuffer(kernel, out.topic, item.topic);
  writeBuffer(kernel, out.payload, item.payload);
  mqtt.inbox.consume(item);
  return OKAY;
}

function receiveLost(kernel: MqttCallServices, use: UseMqtt, handle: number, address: number) {
  const { memory } = kernel;
  if (!memory.holds(address, MvMqttLostMessageInfoLayout.SIZE, 4)) return PARAMETERFAULT;
  const mqtt = use(handle);
  if (typeof mqtt === 'number') return mqtt;
  const item = mqtt.inbox.peek(MESSAGELOST);
  if (!item) return PARAMETERFAULT;
  const out = readMvMqttLostMessageInfo(memory.view, address);
  if (!holdsWords(kernel, out.reason, out.messageLen) || !holdsBuffer(kernel, out.topic)) return late(kernel, mqtt);
  if (item.topic.length > out.topic.size) return INVALIDBUFFERSIZE;
  memory.view.setUint32(out.reason, MvMqttLostMessageReason.DEVICERECEIVEBUFFERTOOSMALL, true);
  memory.view.setUint32(out.messageLen, item.length, true);
  writeBuffer(kernel, out.topic, item.topic);
  mqtt.inbox.consume(item);
  return OKAY;
}

/** A bad nested pointer makes the channel unusable. */
function late({ channels }: MqttCallServices, mqtt: MqttChannel) {
  return channels.ended(mqtt.channel, LATEFAULT);
}

function holdsWords({ memory }: MqttCallServices, ...pointers: number[]): boolean {
  return pointers.every((pointer) => memory.holds(pointer, 4, 4));
}

function holdsBuffer({ memory }: MqttCallServices, out: MvSizedStringBuffer): boolean {
  return memory.holds(out.length, 4, 4) && memory.holdsBytes(out.data, out.size);
}

function writeBuffer({ memory }: MqttCallServices, out: MvSizedStringBuffer, value: Uint8Array): void {
  memory.view.setUint32(out.length, value.length, true);
  memory.write(out.data, value);
}
