/** The core: MQTT 3.1.1 and 5 packets, DER, certificates, keys and hex, on one shared instance of core.wasm. */
export { ReasonCode, Result, results } from '../../build/abi/core.js';
export { PacketBatch } from './batch.js';
export { PacketCursor } from './cursor.js';
export { type Decoded, PacketDecoder } from './decoder.js';
export * from './der/index.js';
export { encodePacket } from './encode.js';
export { describeResult, MqttError } from './errors.js';
export { HexError, hexDecode, hexEncode } from './hex.js';
export { modulePath, packageFolder } from './instance.js';
export { LARGEST_PACKET, type PacketDecoderOptions } from './options.js';
export * from './packets.js';
export type { PayloadPiece, PublishStart } from './pieces.js';
export { PreparedPublish, type PublishTemplate, preparePublish } from './prepared.js';
export { RETURN_CODES, type ReturnCode } from './return-codes.js';
export { ClientSession } from './session.js';
export {
  type ClientSessionEvent,
  type ClientSessionOptions,
  MalformedPacketError,
  SessionError,
} from './session-types.js';
export { checkTopicFilter, checkTopicName, topicMatches } from './topics.js';
