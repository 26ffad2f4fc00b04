import { PacketRecord } from '../../../build/abi/core.js';

/** Places of the fields of a packet's summary, in words of 32 bits from its first one. */
export const STRIDE = PacketRecord.SUMMARY_SIZE >> 2;
export const TYPE = PacketRecord.type >> 2;
export const FLAGS = PacketRecord.flags >> 2;
export const VERSION = PacketRecord.protocolVersion >> 2;
export const LENGTH = PacketRecord.length >> 2;
export const PACKET_ID = PacketRecord.packetId >> 2;
export const REASON_CODE = PacketRecord.reasonCode >> 2;
export const TOPIC = PacketRecord.topic >> 2;
export const TOPIC_LENGTH = PacketRecord.topicLength >> 2;
export const TOPIC_ALIAS = PacketRecord.topicAlias >> 2;
export const PAYLOAD = PacketRecord.payload >> 2;
export const PAYLOAD_LENGTH = PacketRecord.payloadLength >> 2;
export const PROPERTIES = PacketRecord.properties >> 2;
export const PROPERTIES_LENGTH = PacketRecord.propertiesLength >> 2;
export const CONNECT_FLAGS = PacketRecord.connectFlags >> 2;
export const KEEP_ALIVE = PacketRecord.keepAlive >> 2;
export const CLIENT_ID = PacketRecord.clientId >> 2;
