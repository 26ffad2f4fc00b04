import { PacketRecord, Result } from '../../build/abi/core.js';
import { MqttError } from './errors.js';
import { recordAddress, scratch } from './instance.js';
import type { ProtocolVersion } from './packets.js';

/** Up to so many bytes a loop writes faster than a call. */
const FEW = 64;
const RECORD = recordAddress >> 2;
const RECORD_WORDS = PacketRecord.SIZE >> 2;

/**
 * Puts the parts of a packet into scratch memory, one after the other, and their addresses into the one Packet record
 * that encoding uses. A new packet begins with `begin`; what was written before is forgotten then.
 */
class PacketWriter {
  /** Where the next byte goes. */
  at = 0;
  /** The views of scratch memory, as they were made last. */
  #u8 = scratch.u8;
  #u32 = scratch.u32;

  begin(): void {
    this.at = scratch.reserve(0);
    this.room(0);
    this.#u32.fill(0, RECORD, RECORD + RECORD_WORDS);
  }

  /** Makes sure that so many more bytes fit. */
  room(length: number): void {
    if (this.at + length > this.#u8.length) scratch.ensure(this.at + length);
    this.#u8 = scratch.u8;
    this.#u32 = scratch.u32;
  }

  /** Sets a field of the record by its byte offset. */
  set(field: number, value: number): void {
    this.#u32[RECORD + (field >> 2)] = value;
  }

  /** Sets an address and, in the word after it, how far it is from there to the next byte. */
  setView(field: number, start: number): void {
    this.#u32[RECORD + (field >> 2)] = start;
    this.#u32[RECORD + (field >> 2) + 1] = this.at - start;
  }

  byte(value: number): void {
    if (this.at >= this.#u8.length) this.room(1);
    this.#u8[this.at++] = value;
  }

  u16(value: number): void {
    if (this.at + 2 > this.#u8.length) this.room(2);
    this.#u8[this.at] = value >> 8;
    this.#u8[this.at + 1] = value;
    this.at += 2;
  }

  u32(value: number): void {
    this.u16(value >>> 16);
    this.u16(value & 0xffff);
  }

  /** A variable byte integer (1.5.5), 0 to 268,435,455. */
  varint(value: number): void {
    let rest = value;
    for (; rest > 0x7f; rest >>>= 7) this.byte((rest & 0x7f) | 0x80);
    this.byte(rest);
  }

  /**
   * UTF-8 without a length.
   *
   * @throws TypeError when it is no string, MqttError UTF8_INVALID when it holds half of a surrogate pair
   */
  text(text: unknown, packetType: string, field: string): void {
    if (typeof text !== 'string') throw new TypeError(`${packetType}: ${field} must be a string`);
    if (this.at + text.length * 3 > this.#u8.length) this.room(text.length * 3);
    const u8 = this.#u8;
    const start = this.at;
    if (text.length <= FEW) {
      let index = 0;
      for (let code = 0; index < text.length; index++) {
        code = text.charCodeAt(index);
        if (code > 0x7f) break;
        u8[start + index] = code;
      }
      this.at = start + index;
      if (index === text.length) return;
    }
    // Buffer would write U+FFFD in the place of half a surrogate pair and so change the text.
    if (!text.isWellFormed()) this.#refuse(Result.UTF8_INVALID, packetType, field);
    this.at = start + u8.write(text, start, 'utf8');
  }

  /** Bytes without a length. @throws TypeError when it is no Uint8Array */
  bytes(bytes: unknown, packetType: string, field: string): void {
    if (!(bytes instanceof Uint8Array)) throw new TypeError(`${packetType}: ${field} must be a Uint8Array`);
    if (this.at + bytes.length > this.#u8.length) this.room(bytes.length);
    const u8 = this.#u8;
    if (bytes.length > FEW) u8.set(bytes, this.at);
    else for (let n = 0; n < bytes.length; n++) u8[this.at + n] = bytes[n];
    this.at += bytes.length;
  }

  /**
   * A string or binary data with its two-byte length before it (1.5.4, 1.5.6).
   *
   * @throws what `text` and `bytes` throw, MqttError STRING_TOO_LONG over 65,535 bytes
   */
  field(value: unknown, kind: 'text' | 'bytes', packetType: string, field: string): void {
    this.u16(0);
    const start = this.at;
    if (kind === 'text') this.text(value, packetType, field);
    else this.bytes(value, packetType, field);
    const length = this.at - start;
    if (length > 0xffff) this.#refuse(Result.STRING_TOO_LONG, packetType, field);
    this.#u8[start - 2] = length >> 8;
    this.#u8[start - 1] = length;
  }

  #refuse(code: number, packetType: string, field: string): never {
    const version = this.#u32[RECORD + (PacketRecord.protocolVersion >> 2)] as ProtocolVersion;
    throw new MqttError(code, -1, `${packetType}: ${field}`, [], version);
  }
}

/** The one writer: encoding calls nothing of the caller's, so it is never used twice at a time. */
export const writer = new PacketWriter();
