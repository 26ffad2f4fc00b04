import { Result } from '../../../build/abi/core.js';
import { faultIn } from './rfc3629.js';

/** Reads fields one after the other, up to where the innermost thing that holds them ends. What is wrong is reported where it begins. */
export class FieldReader {
  /** Byte at which the rule was broken. */
  offset = 0;
  protected bytes: Buffer = Buffer.alloc(0);
  /** Where the packet begins. */
  protected start = 0;
  protected end = 0;
  /** Where the next field begins. */
  protected at = 0;
  /** Result code of what is wrong. */
  protected code = 0;
  /** The integer that was read last. */
  protected value = 0;

  protected fail(code: number, at: number): number {
    this.offset = at - this.start;
    this.code = code;
    return code;
  }

  protected wrong(code: number, at: number): false {
    this.fail(code, at);
    return false;
  }

  /** Whether so many bytes are left for the next field. */
  protected has(count: number, code: number): boolean {
    return this.end - this.at >= count || this.wrong(code, this.at);
  }

  protected u16(at: number): number {
    return this.bytes[at] * 256 + this.bytes[at + 1];
  }

  /** Whether the bytes of a string with this length in front are there. */
  protected fits(at: number, code: number): boolean {
    return this.end - at >= 2 + this.u16(at) || this.wrong(code, at);
  }

  /** A length of two bytes and the bytes (1.5.4, 1.5.6). */
  protected string(truncated: number, isText: boolean): boolean {
    const at = this.at;
    if (!this.has(2, truncated) || !this.fits(at, truncated)) return false;
    this.at += 2 + this.u16(at);
    return !isText || this.text(at + 2, this.at);
  }

  /** 1.5.4. */
  protected text(from: number, to: number): boolean {
    const fault = faultIn(this.bytes, from, to);
    if (fault < 0) return true;
    return this.wrong(this.bytes[from + fault] === 0 ? Result.UTF8_NUL : Result.UTF8_INVALID, from + fault);
  }

  /** 4.7.1: no wildcard in it. */
  protected topicName(from: number, to: number, code: number): boolean {
    if (!this.text(from, to)) return false;
    for (let at = from; at < to; at++)
      if (this.bytes[at] === 0x23 || this.bytes[at] === 0x2b) return this.wrong(code, at);
    return true;
  }

  protected varint(truncated: number): boolean {
    const at = this.at;
    this.value = 0;
    for (let size = 0; ; size++) {
      if (size === 4) return this.wrong(Result.REMAINING_LENGTH_TOO_LONG, at);
      if (this.at === this.end) return this.wrong(truncated, at);
      const byte = this.bytes[this.at++];
      this.value += (byte & 127) * 128 ** size;
      if (byte > 127) continue;
      return byte > 0 || size === 0 || this.wrong(Result.VARIABLE_BYTE_INTEGER_NOT_MINIMAL, at);
    }
  }
}
