import { Filter, Packet, PacketType, Result } from '../../build/abi/assembly';
import { fieldEnd, loadU16 } from '../memory/bytes';
import { plainScan } from '../memory/plain-scan';
import { fail } from './fault';
import { checkText } from './fields';
import { writeString } from './properties';
import { filterFault, HASH, isShared, PLUS } from './topics';

/** Bits of the Subscription Options (3.8.3.1), and those that are reserved in MQTT 5 and before. */
const OPTION_QOS: i32 = 0x03;
const OPTION_NO_LOCAL: i32 = 0x04;
const OPTION_RETAIN_HANDLING: i32 = 0x30;
const RESERVED: i32 = 0xc0;
const RESERVED_311: i32 = 0xfc;

/** Checks the filter list of a SUBSCRIBE or UNSUBSCRIBE and counts it. Returns `end` or a result code. */
export function checkFilters(start: i32, end: i32, packet: Packet, type: i32, protocolVersion: i32): i32 {
  if (start == end) return fail(packet, start, Result.NO_FILTERS); // MQTT-3.8.3-2, MQTT-3.10.3-2
  let p = start;
  let count = 0;
  while (p < end) {
    const next = fieldEnd(p, end);
    if (next < 0) return fail(packet, p, Result.PACKET_TRUNCATED);
    const first = p + 2;
    const shared = isShared(first, next);
    // A filter of plain characters needs no second look, unless it is empty or shared.
    const plain = plainScan(first, next, HASH, PLUS);
    if (plain != next || shared || first == next) {
      const at = checkText(plain, next, packet); // MQTT-3.8.3-1
      if (at < 0) return at;
      const fault = filterFault(first, next, protocolVersion, plain);
      if (fault < 0) return fail(packet, first, fault);
    }
    p = next;
    if (type == PacketType.SUBSCRIBE) {
      if (p == end) return fail(packet, p, Result.PACKET_TRUNCATED);
      const optionsFault = checkOptions(load<u8>(p), protocolVersion, shared);
      if (optionsFault < 0) return fail(packet, p, optionsFault);
      p++;
    }
    count++;
  }
  packet.count = count;
  return p;
}

/** Checks the Subscription Options. Returns 0 or a result code. */
function checkOptions(options: i32, protocolVersion: i32, shared: bool): i32 {
  const reserved = protocolVersion == 5 ? RESERVED : RESERVED_311;
  if ((options & reserved) != 0) return Result.SUBSCRIPTION_OPTIONS_RESERVED; // MQTT-3.8.3-5, 3.1.1 MQTT-3.8.3-4
  if ((options & OPTION_QOS) == OPTION_QOS) return Result.QOS_INVALID;
  if ((options & OPTION_RETAIN_HANDLING) == OPTION_RETAIN_HANDLING) return Result.RETAIN_HANDLING_INVALID;
  if ((options & OPTION_NO_LOCAL) != 0 && shared) return Result.SHARE_NO_LOCAL; // MQTT-3.8.3-4
  return 0;
}

/** ABI: see assembly/abi/mqtt.json. */
export function mqtt_filter_read(input: usize, length: u32, packetType: i32, filterAddress: usize): i32 {
  const filter = changetype<Filter>(filterAddress);
  if (length == 0) return 0;
  if (length < 2) return Result.PACKET_TRUNCATED;
  const filterLength = loadU16(<i32>input);
  const size = 2 + filterLength + <i32>(packetType == PacketType.SUBSCRIBE);
  if (<u32>size > length) return Result.PACKET_TRUNCATED;
  filter.filter = input + 2;
  filter.filterLength = filterLength;
  filter.options = packetType == PacketType.SUBSCRIBE ? load<u8>(input + size - 1) : 0;
  return size;
}

/** ABI: see assembly/abi/mqtt.json. */
export function mqtt_filter_write(filterAddress: usize, packetType: i32, output: usize, capacity: u32): i32 {
  const filter = changetype<Filter>(filterAddress);
  const length = filter.filterLength;
  const options = filter.options;
  if (length >> 16 != 0) return Result.STRING_TOO_LONG;
  if (options >> 8 != 0) return Result.INVALID_ARGUMENT;
  const size: u32 = 2 + length + <u32>(packetType == PacketType.SUBSCRIBE);
  if (size > capacity) return Result.OUT_OF_SPACE;
  const p = writeString(<i32>output, filterAddress, offsetof<Filter>('filter'));
  if (packetType == PacketType.SUBSCRIBE) store<u8>(p, options);
  return size;
}
