/** The core: MQTT 3.1.1 and 5 packets, DER, certificates, keys and hex, on one shared instance of core.wasm. */
export { ReasonCode, Result, results } from '../../build/abi/core.js';
export { PacketCursor } from './decode/cursor.js';
export type { PacketDecoderOptions } from './decode/decode-options.js';
export { type Decoded, PacketDecoder } from './decode/decoder.js';
export { KnownTopics } from './decode/known-topics.js';
export type { PayloadPiece, PublishStart } from './decode/payload-pieces.js';
export * from './der/index.js';
export { encodePacket } from './encode/encode.js';
export { PacketBatch } from './encode/packet-batch.js';
export { PreparedPublish, type PublishTemplate, preparePublish } from './encode/prepared-publish.js';
export { type CoreSource, init } from './engine/init.js';
export { CoreLoadError } from './engine/load.js';
export { modulePath, packageFolder } from './engine/node/package-files.js';
export { HexError, hexDecode, hexEncode } from './hex.js';
export { describeResult, MqttError } from './mqtt-error.js';
export * from './packets.js';
export { RETURN_CODES, type ReturnCode, refusalName, refusalWords } from './return-codes.js';
export { ClientSession } from './session/client-session.js';
export { type PayloadRoute, sendPayload } from './session/send-payload.js';
export {
  type ClientSessionEvent,
  type ClientSessionOptions,
  MalformedPacketError,
  SessionError,
} from './session/session-types.js';
export { checkTopicFilter, checkTopicName, topicMatches } from './topics.js';
