import {
  MvEventType,
  type MvMqttConnectRequest,
  MvMqttReadableDataType,
  MvMqttRequestState,
  nameOf,
  type SystemCallName,
} from '../../../../build/abi/microvisor.js';
import { codesResponse, messageOut } from './mqtt-structures.js';
import { type Rig, TAG } from './rig.js';

export const READABLE = { eventType: MvEventType.CHANNELDATAREADABLE, tag: TAG };

export const next = (rig: Rig, channel: number) => {
  const out = rig.words(0xee);
  rig.ok('mvMqttGetNextReadableDataType', channel, out);
  return nameOf(MvMqttReadableDataType, rig.u32(out));
};
export const words = (rig: Rig, call: SystemCallName, channel: number, count: number) => {
  const out = rig.alloc(count * 4);
  rig.ok(call, channel, out);
  return Array.from({ length: count }, (_, index) => rig.u32(out + index * 4));
};
export const state = (value: number) => nameOf(MvMqttRequestState, value);
export const connectResponse = (rig: Rig, channel: number) => {
  const [requestState, reasonCode] = words(rig, 'mvMqttReadConnectResponse', channel, 2);
  return [state(requestState), reasonCode];
};
export const disconnectResponse = (rig: Rig, channel: number) => {
  const [requestState, code] = words(rig, 'mvMqttReadDisconnectResponse', channel, 2);
  return [state(requestState), code];
};
export const publishResponse = (rig: Rig, channel: number) => {
  const [requestState, id, reasonCode] = words(rig, 'mvMqttReadPublishResponse', channel, 3);
  return [state(requestState), id, reasonCode];
};
export const codes = (rig: Rig, call: SystemCallName, channel: number) => {
  const out = codesResponse(rig);
  rig.ok(call, channel, out.address);
  const length = rig.u32(out.length);
  const list = Array.from({ length }, (_, index) => rig.u32(out.codes + index * 4));
  return [state(rig.u32(out.state)), rig.u32(out.id), list];
};
export const receive = (rig: Rig, channel: number) => {
  const out = messageOut(rig, 64, 2048);
  rig.ok('mvMqttReceiveMessage', channel, out.address);
  return {
    id: rig.u32(out.id),
    topic: rig.text(out.topic, rig.u32(out.topicLength)),
    payload: rig.text(out.payload, rig.u32(out.payloadLength)),
    qos: rig.u32(out.qos),
  };
};
export const connecting = (rig: Rig, overrides: Partial<MvMqttConnectRequest> = {}) => {
  const channel = rig.channel();
  rig.ok('mvMqttRequestConnect', channel, rig.connectRequest(overrides));
  rig.tick();
  return channel;
};
