import {
  type MvMqttConnectRequest,
  MvMqttProtocolVersion,
  MvStatus,
  type SystemCallName,
} from '../../../../build/abi/microvisor.js';
import {
  codesResponse,
  login,
  lostOut,
  messageOut,
  publishRequest,
  subscribeRequest,
  unsubscribeRequest,
  will,
} from '../../../host/microvisor/rig/mqtt-structures.js';
import type { Application, CallCommand, Said } from './application.js';

function open(application: Application, [type, receive, send, how]: string[]): Said {
  const { rig, handles } = application;
  const out = rig.words(0);
  const params = rig.channelParams(Number(type), {
    notificationHandle: handles.notifications,
    networkHandle: handles.network,
    receiveBuffer: application.buffer(how ? 2 : 0) + (how === 'odd' ? 1 : 0),
    receiveBufferLen: Number(receive),
    sendBuffer: application.buffer(how ? 3 : 1),
    sendBufferLen: Number(send),
    endpoint: { data: 0, length: application.nullPointers === 'nested' ? 4 : 0 },
  });
  const said = application.call('mvOpenChannel', [application.outer(params), application.outer(out)]);
  if (said[0] === MvStatus.OKAY) handles[how ? 'other' : 'channel'] = rig.u32(out);
  return said;
}

function connect(application: Application, words: string[]): Said {
  const { rig, handles } = application;
  const [version, clean, keepalive, id, user, password, topic, payload] = words;
  const host = rig.put('broker.test');
  const overrides: Partial<MvMqttConnectRequest> = {
    protocolVersion: version === '5' ? MvMqttProtocolVersion.V5 : MvMqttProtocolVersion.V3_1_1,
    cleanStart: Number(clean),
    keepalive: Number(keepalive),
    clientid: rig.put(application.text(id)),
    host: { ...host, data: application.nested(host.data) },
  };
  if (password !== undefined) {
    overrides.authentication = login(rig, application.text(user), application.text(password));
  }
  if (topic !== undefined) overrides.will = will(rig, application.text(topic), application.text(payload), 1);
  const address = rig.connectRequest(overrides);
  // The retain flag, which the rig sets.
  if (overrides.will) rig.view.setUint8(overrides.will + 20, 0);
  return application.call('mvMqttRequestConnect', [handles.channel, application.outer(address)]);
}

function publish(application: Application, [id, qos, retain, topic, payload]: string[]): Said {
  const { rig, handles } = application;
  const texts = [topic, payload].map((word) => application.text(word));
  const address = publishRequest(rig, texts[0], texts[1], Number(qos), Number(id));
  rig.view.setUint32(address + 24, Number(retain), true);
  application.nest(address + 12);
  return application.call('mvMqttRequestPublish', [handles.channel, application.outer(address)]);
}

/** A request with a list of topics, whose pointer is the second word of its structure. */
function requestTopics(application: Application, name: SystemCallName, address: number): Said {
  application.nest(address + 4);
  return application.call(name, [application.handles.channel, application.outer(address)]);
}

function readCodes(application: Application, name: SystemCallName, [size]: string[]): Said {
  const { rig, handles } = application;
  const out = codesResponse(rig, 8, Number(size));
  application.nest(out.address);
  return application.call(name, [handles.channel, application.outer(out.address)], () => {
    const codes = Array.from({ length: rig.u32(out.length) }, (_, index) => rig.u32(out.codes + index * 4));
    return [rig.u32(out.state), rig.u32(out.id), ...codes];
  });
}

/** A sum of bytes, which drivers print instead of a payload. */
export const sumOf = (bytes: Uint8Array): number =>
  bytes.reduce((total, byte) => (Math.imul(total, 31) + byte) >>> 0, 0);

function readMessage(application: Application, [topicSize, payloadSize]: string[]): Said {
  const { rig, handles } = application;
  const out = messageOut(rig, Number(topicSize), Number(payloadSize));
  application.nest(out.address);
  return application.call('mvMqttReceiveMessage', [handles.channel, application.outer(out.address)], () => {
    const length = rig.u32(out.payloadLength);
    const sum = sumOf(new Uint8Array(rig.memory.buffer, out.payload, length));
    const topic = rig.text(out.topic, rig.u32(out.topicLength));
    return [rig.u32(out.id), topic, length, sum, rig.u32(out.qos), rig.view.getUint8(out.retain)];
  });
}

function readLost(application: Application, [topicSize]: string[]): Said {
  const { rig, handles } = application;
  const out = lostOut(rig, Number(topicSize));
  application.nest(out.address);
  return application.call('mvMqttReceiveLostMessageInfo', [handles.channel, application.outer(out.address)], () => [
    rig.u32(out.reason),
    rig.text(out.topic, rig.u32(out.topicLength)),
    rig.u32(out.length),
  ]);
}

const readWords =
  (name: SystemCallName, count: number): CallCommand =>
  (application) =>
    application.callForWords(name, [application.handles.channel], count);

/** Commands for channels, and for those of type MQTT. The twin of ../driver/mqtt_commands.c. */
export const mqttCommands: Record<string, CallCommand> = {
  open,
  close: (application) => application.callForHandle('mvCloseChannel', [], 'channel'),
  connect,
  subscribe: (application, [id, qos, ...topics]) => {
    const texts = topics.map((word) => application.text(word));
    const address = subscribeRequest(application.rig, texts, Number(id), Number(qos));
    return requestTopics(application, 'mvMqttRequestSubscribe', address);
  },
  unsubscribe: (application, [id, ...topics]) => {
    const texts = topics.map((word) => application.text(word));
    return requestTopics(
      application,
      'mvMqttRequestUnsubscribe',
      unsubscribeRequest(application.rig, texts, Number(id)),
    );
  },
  publish,
  disconnect: (application) => application.call('mvMqttRequestDisconnect', [application.handles.channel]),
  ack: (application, [id]) => application.call('mvMqttAcknowledgeMessage', [application.handles.channel, Number(id)]),
  next: readWords('mvMqttGetNextReadableDataType', 1),
  'read-connect': readWords('mvMqttReadConnectResponse', 2),
  'read-disconnect': readWords('mvMqttReadDisconnectResponse', 2),
  'read-publish': readWords('mvMqttReadPublishResponse', 3),
  'read-subscribe': (application, words) => readCodes(application, 'mvMqttReadSubscribeResponse', words),
  'read-unsubscribe': (application, words) => readCodes(application, 'mvMqttReadUnsubscribeResponse', words),
  'read-message': readMessage,
  'read-lost': readLost,
};
