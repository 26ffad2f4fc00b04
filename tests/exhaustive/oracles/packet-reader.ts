import { Result } from '../../../build/abi/core.js';
import { PropertyReader } from './property-reader.js';
import { FIXED_FLAGS, REASON_CODES, type Version } from './standard.js';

/**
 * A second decoder, written from the text of the standards and not from the core. It reads one packet, field by field in the order
 * of its bytes. It is for short packets: it knows no shared subscriptions, and no CONNECT of MQTT 3.1 or with a Remaining Length
 * that is not minimal.
 */
export class PacketReader extends PropertyReader {
  /** The smallest number of bytes that are missing, when the result is 0. */
  needed = 0;
  packetId = 0;
  reasonCode = 0;
  topicLength = 0;
  payloadLength = 0;
  count = 0;

  /** The result of mqtt_decode for the bytes from `start` to `end`, and the fields above. */
  decode(bytes: Buffer, start: number, end: number, version: Version): number {
    this.offset = this.needed = this.packetId = this.reasonCode = this.topicLength = this.payloadLength = 0;
    this.propertiesLength = this.topicAlias = this.count = 0;
    this.bytes = bytes;
    this.start = start;
    this.code = 0;
    if (start === end) return this.#more(2);
    const type = bytes[start] >> 4;
    const flags = bytes[start] & 15;
    const fault = headerFault(type, flags, version);
    if (fault < 0) return fault;
    let length = 0;
    let size = 0;
    do {
      if (size === 4) return this.fail(Result.REMAINING_LENGTH_TOO_LONG, start + 1);
      if (start + 1 + size === end) return this.#more(1);
      length += (bytes[start + 1 + size] & 127) * 128 ** size;
    } while (bytes[start + 1 + size++] > 127);
    if (version === 5 && size > 1 && bytes[start + size] === 0)
      return this.fail(Result.VARIABLE_BYTE_INTEGER_NOT_MINIMAL, start + 1);
    this.at = start + 1 + size;
    this.end = this.at + length;
    if (this.end > end) return this.#more(this.end - end);
    if (!this.#body(type, flags, version)) return this.code;
    if (this.at !== this.end) return this.fail(Result.TRAILING_BYTES, this.at);
    // MQTT 3.1 does not use the flags of a CONNECT, so that they are judged when the version is known.
    return type === 1 && flags !== 0 ? this.fail(Result.FLAGS_RESERVED, start) : this.end - start;
  }

  #more(needed: number): 0 {
    this.needed = needed;
    return 0;
  }

  #body(type: number, flags: number, version: Version): boolean {
    switch (type) {
      case 1:
        return this.#connect();
      case 2:
        return this.#connack(version);
      case 3:
        return this.#publish(flags, version);
      case 4:
      case 5:
      case 6:
      case 7:
        return this.#id() && (version < 5 || this.#reasonAndProperties(type));
      case 8:
      case 10:
        return this.#id() && (version < 5 || this.properties(type)) && this.#filters(type, version);
      case 9:
      case 11:
        // 3.1.1 3.11.3: an UNSUBACK has no payload.
        if (type === 11 && version < 5) return this.#id();
        return this.#id() && (version < 5 || this.properties(type)) && this.#reasons(type, version);
      case 14:
      case 15:
        return version < 5 || this.#reasonAndProperties(type);
    }
    return true; // PINGREQ, PINGRESP: 3.12, 3.13
  }

  /** 3.1 of both standards; the Protocol Version is 4 or 5 here. */
  #connect(): boolean {
    const at = this.at;
    if (!this.string(Result.PACKET_TRUNCATED, false)) return false;
    if (this.bytes.toString('latin1', at + 2, this.at) !== 'MQTT')
      return this.wrong(Result.PROTOCOL_NAME_INVALID, at + 2);
    if (!this.has(1, Result.PACKET_TRUNCATED)) return false;
    const version = this.bytes[this.at];
    if (version !== 4 && version !== 5) return this.wrong(Result.PROTOCOL_VERSION_UNSUPPORTED, this.at);
    this.at++;
    if (!this.has(3, Result.PACKET_TRUNCATED)) return false;
    const flags = this.bytes[this.at];
    const fault = connectFlagsFault(flags, version);
    if (fault < 0) return this.wrong(fault, this.at);
    this.at += 3;
    return (version < 5 || this.properties(1)) && this.#connectPayload(flags, version);
  }

  /** 3.1.3. */
  #connectPayload(flags: number, version: Version): boolean {
    const at = this.at;
    if (!this.string(Result.PACKET_TRUNCATED, true)) return false;
    if (version < 5 && this.at === at + 2 && (flags & 2) === 0) return this.wrong(Result.CLIENT_ID_REQUIRED, at);
    if ((flags & 4) !== 0 && !this.#will(version)) return false;
    if ((flags & 128) !== 0 && !this.string(Result.PACKET_TRUNCATED, true)) return false;
    return (flags & 64) === 0 || this.string(Result.PACKET_TRUNCATED, false);
  }

  /** 3.1.3.2 to 3.1.3.4. */
  #will(version: Version): boolean {
    const outer = this.propertiesLength;
    if (version === 5 && !this.properties(0)) return false;
    this.propertiesLength = outer;
    const at = this.at;
    if (!this.string(Result.PACKET_TRUNCATED, false)) return false;
    this.topicLength = this.at - at - 2;
    if (this.topicLength === 0) return this.wrong(Result.TOPIC_EMPTY, at + 2);
    if (!this.topicName(at + 2, this.at, Result.TOPIC_WILDCARD)) return false;
    const payload = this.at;
    if (!this.string(Result.PACKET_TRUNCATED, false)) return false;
    this.payloadLength = this.at - payload - 2;
    return true;
  }

  /** 3.2.2: flags, reason code, and in MQTT 5 properties. */
  #connack(version: Version): boolean {
    const at = this.at;
    if (!this.has(1, Result.PACKET_TRUNCATED)) return false;
    if (this.bytes[at] > 1) return this.wrong(Result.CONNACK_FLAGS_RESERVED, at);
    this.at++;
    if (!this.#reason(2, version)) return false;
    if (this.bytes[at] === 1 && this.reasonCode > 0) return this.wrong(Result.SESSION_PRESENT_WITH_ERROR, at);
    // 4.12 asks for a method in a successful CONNACK alone.
    return version < 5 || this.properties(2, this.reasonCode === 0);
  }

  /** 3.3.2, 3.3.3: an empty topic stands for a Topic Alias. */
  #publish(flags: number, version: Version): boolean {
    const at = this.at;
    if (!this.string(Result.PACKET_TRUNCATED, false)) return false;
    this.topicLength = this.at - at - 2;
    if (!this.topicName(at + 2, this.at, Result.TOPIC_WILDCARD)) return false;
    if ((flags & 6) !== 0 && !this.#id()) return false;
    if (version === 5 && !this.properties(3)) return false;
    if (this.topicLength === 0 && this.topicAlias === 0) return this.wrong(Result.TOPIC_EMPTY, at);
    this.payloadLength = this.end - this.at;
    this.at = this.end;
    return true;
  }

  /** 2.2.1. */
  #id(): boolean {
    if (!this.has(2, Result.PACKET_TRUNCATED)) return false;
    this.packetId = this.u16(this.at);
    if (this.packetId === 0) return this.wrong(Result.PACKET_ID_ZERO, this.at);
    this.at += 2;
    return true;
  }

  #reason(type: number, version: Version): boolean {
    if (!this.has(1, Result.PACKET_TRUNCATED)) return false;
    this.reasonCode = this.bytes[this.at];
    if (!REASON_CODES[version][type].has(this.reasonCode)) return this.wrong(Result.REASON_CODE_INVALID, this.at);
    this.at++;
    return true;
  }

  /** Either may be left out from the end (3.4.2.1, 3.4.2.2.1, 3.14.2.1, 3.14.2.2.1); an AUTH of one byte is malformed (3.15.2.1). */
  #reasonAndProperties(type: number): boolean {
    if (this.at === this.end) return true;
    if (!this.#reason(type, 5)) return false;
    return (this.at === this.end && type !== 15) || this.properties(type);
  }

  /** 3.9.3, 3.11.3: at least one. */
  #reasons(type: number, version: Version): boolean {
    if (this.at === this.end) return this.wrong(Result.NO_REASON_CODES, this.at);
    this.payloadLength = this.end - this.at;
    while (this.at < this.end) {
      if (!this.#reason(type, version)) return false;
      this.count++;
    }
    this.reasonCode = 0; // reason codes of these packets are the payload
    return true;
  }

  /** 3.8.3, 3.10.3, without shared subscriptions. */
  #filters(type: number, version: Version): boolean {
    if (this.at === this.end) return this.wrong(Result.NO_FILTERS, this.at);
    this.payloadLength = this.end - this.at;
    for (; this.at < this.end; this.count++) {
      const at = this.at;
      if (!this.string(Result.PACKET_TRUNCATED, true)) return false;
      const fault = filterFault(this.bytes.toString('latin1', at + 2, this.at));
      if (fault < 0) return this.wrong(fault, at + 2);
      if (type === 8 && !this.#options(version)) return false;
    }
    return true;
  }

  /** 3.8.3.1. */
  #options(version: Version): boolean {
    if (!this.has(1, Result.PACKET_TRUNCATED)) return false;
    const options = this.bytes[this.at];
    if (options > (version < 5 ? 3 : 63)) return this.wrong(Result.SUBSCRIPTION_OPTIONS_RESERVED, this.at);
    if (options % 4 === 3) return this.wrong(Result.QOS_INVALID, this.at);
    if (options >> 4 === 3) return this.wrong(Result.RETAIN_HANDLING_INVALID, this.at);
    this.at++;
    return true;
  }
}

/** 2.1.2, 2.1.3, 3.3.1. */
function headerFault(type: number, flags: number, version: Version): number {
  if (type === 0 || (type === 15 && version < 5)) return Result.PACKET_TYPE_RESERVED;
  if (type !== 3) return type === 1 || flags === FIXED_FLAGS[type] ? 0 : Result.FLAGS_RESERVED;
  const qos = (flags >> 1) & 3;
  if (qos === 3) return Result.QOS_INVALID;
  return flags > 7 && qos === 0 ? Result.DUP_WITH_QOS_0 : 0;
}

/** 3.1.2.3. */
function connectFlagsFault(flags: number, version: Version): number {
  if (flags % 2 === 1) return Result.CONNECT_FLAGS_RESERVED;
  const qos = (flags >> 3) & 3;
  if ((flags & 4) === 0 && qos > 0) return Result.WILL_FLAGS_WITHOUT_WILL;
  if ((flags & 4) === 0 && (flags & 32) !== 0) return Result.WILL_RETAIN_WITHOUT_WILL;
  if (qos === 3) return Result.WILL_QOS_INVALID;
  return version < 5 && flags >> 6 === 1 ? Result.PASSWORD_WITHOUT_USER_NAME : 0;
}

/** 4.7.1. */
function filterFault(filter: string): number {
  if (filter === '') return Result.TOPIC_EMPTY;
  const levels = filter.split('/');
  for (const [index, level] of levels.entries()) {
    const isLast = index === levels.length - 1;
    if (level.includes('#') && (level !== '#' || !isLast)) return Result.FILTER_WILDCARD_MISPLACED;
    if (level.includes('+') && level !== '+') return Result.FILTER_PLUS_MISPLACED;
  }
  return 0;
}
