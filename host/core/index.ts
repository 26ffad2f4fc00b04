/** The core: MQTT 3.1.1 and 5 packets, DER, certificates, keys and hex, on one shared instance of core.wasm. */
export { ReasonCode, Result, results } from '../../build/abi/core.js';
export { LARGEST_PACKET, PacketDecoder, type PacketDecoderOptions } from './decoder.js';
export { encodePacket } from './encode.js';
export { describeResult, MqttError } from './errors.js';
export * from './packets.js';
export { checkTopicFilter, checkTopicName, topicMatches } from './topics.js';
