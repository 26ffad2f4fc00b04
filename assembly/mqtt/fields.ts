import { Packet, PacketFlag, Result } from '../../build/abi/assembly';
import { fieldEnd } from '../memory/bytes';
import { plainScan } from '../memory/plain-scan';
import { spanAt } from '../memory/span';
import { utf8Fault, utf8Scan } from '../memory/utf8';
import { fail } from './fault';
import { HASH, PLUS, wildcardScan } from './topics';

/**
 * Reads binary data (1.5.6): a two-byte length and the bytes. Puts their span at `place` of the record. Returns the address
 * after them, or a result code.
 */
export function readBinary(p: i32, end: i32, packet: Packet, place: usize): i32 {
  const next = fieldEnd(p, end);
  if (next < 0) return fail(packet, p, Result.PACKET_TRUNCATED);
  spanAt(changetype<usize>(packet), place).start = p + 2;
  spanAt(changetype<usize>(packet), place).length = next - p - 2;
  return next;
}

/** Reads a UTF-8 string (1.5.4) as readBinary does, and checks it. */
export function readUtf8(p: i32, end: i32, packet: Packet, place: usize): i32 {
  const next = readBinary(p, end, packet, place);
  return next < 0 ? next : checkText(p + 2, next, packet);
}

/** Checks a string (1.5.4), and notes in the record when it is not ASCII. Returns `end` or a result code. */
export function checkText(start: i32, end: i32, packet: Packet): i32 {
  const plain = plainScan(start, end, 0, 0);
  return plain == end ? end : checkUnicode(plain, end, packet);
}

function checkUnicode(start: i32, end: i32, packet: Packet): i32 {
  const at = utf8Scan(start, end);
  if (at != end) return fail(packet, at, utf8Fault(at));
  packet.flags = packet.flags | PacketFlag.NOT_ASCII;
  return end;
}

/** As checkText, for a Topic Name: it must not hold a wildcard. `code` is the result code for one (MQTT-3.3.2-2, -14). */
export function checkTopicName(start: i32, end: i32, packet: Packet, code: i32): i32 {
  const plain = plainScan(start, end, HASH, PLUS);
  if (plain == end) return end;
  const at = checkText(plain, end, packet);
  if (at < 0) return at;
  const wildcard = wildcardScan(plain, end);
  return wildcard == end ? end : fail(packet, wildcard, code);
}
