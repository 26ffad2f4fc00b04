import {
  FILTER_FILTER,
  FILTER_FILTER_LENGTH,
  FILTER_OPTIONS,
  PACKET_COUNT,
  PACKET_TYPE_SUBSCRIBE,
  RESULT_INVALID_ARGUMENT,
  RESULT_NO_FILTERS,
  RESULT_OUT_OF_SPACE,
  RESULT_PACKET_TRUNCATED,
  RESULT_QOS_INVALID,
  RESULT_RETAIN_HANDLING_INVALID,
  RESULT_SHARE_NO_LOCAL,
  RESULT_STRING_TOO_LONG,
  RESULT_SUBSCRIPTION_OPTIONS_RESERVED,
} from '../../build/abi/assembly';
import { fieldEnd, loadU16 } from '../memory/bytes';
import { plainScan } from '../memory/plain-scan';
import { checkText } from './fields';
import { fail, writeString } from './properties';
import { filterFault, HASH, isShared, PLUS } from './topics';

/** Checks the filter list of a SUBSCRIBE or UNSUBSCRIBE and counts it; gives `end` or a result code. */
export function checkFilters(start: i32, end: i32, packet: usize, type: i32, protocolVersion: i32): i32 {
  if (start == end) return fail(packet, start, RESULT_NO_FILTERS); // MQTT-3.8.3-2, MQTT-3.10.3-2
  let p = start;
  let count = 0;
  while (p < end) {
    const next = fieldEnd(p, end);
    if (next < 0) return fail(packet, p, RESULT_PACKET_TRUNCATED);
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
    if (type == PACKET_TYPE_SUBSCRIBE) {
      if (p == end) return fail(packet, p, RESULT_PACKET_TRUNCATED);
      const optionsFault = checkOptions(load<u8>(p), protocolVersion, shared);
      if (optionsFault < 0) return fail(packet, p, optionsFault);
      p++;
    }
    count++;
  }
  store<u32>(packet, count, PACKET_COUNT);
  return p;
}

/** Subscription Options (3.8.3.1); the upper six bits are reserved in 3.1.1, the upper two in MQTT 5. */
function checkOptions(options: i32, protocolVersion: i32, shared: bool): i32 {
  const reserved = protocolVersion == 5 ? 0xc0 : 0xfc;
  if ((options & reserved) != 0) return RESULT_SUBSCRIPTION_OPTIONS_RESERVED; // MQTT-3.8.3-5, 3.1.1 MQTT-3.8.3-4
  if ((options & 3) == 3) return RESULT_QOS_INVALID;
  if ((options & 0x30) == 0x30) return RESULT_RETAIN_HANDLING_INVALID;
  if ((options & 4) != 0 && shared) return RESULT_SHARE_NO_LOCAL; // MQTT-3.8.3-4
  return 0;
}

/** ABI: see assembly/abi/mqtt.json. */
export function mqtt_filter_read(input: usize, length: u32, packetType: i32, filter: usize): i32 {
  if (length == 0) return 0;
  if (length < 2) return RESULT_PACKET_TRUNCATED;
  const filterLength = loadU16(<i32>input);
  const size = 2 + filterLength + <i32>(packetType == PACKET_TYPE_SUBSCRIBE);
  if (<u32>size > length) return RESULT_PACKET_TRUNCATED;
  store<u32>(filter, input + 2, FILTER_FILTER);
  store<u32>(filter, filterLength, FILTER_FILTER_LENGTH);
  store<u32>(filter, packetType == PACKET_TYPE_SUBSCRIBE ? load<u8>(input + size - 1) : 0, FILTER_OPTIONS);
  return size;
}

/** ABI: see assembly/abi/mqtt.json. */
export function mqtt_filter_write(filter: usize, packetType: i32, output: usize, capacity: u32): i32 {
  const length = load<u32>(filter, FILTER_FILTER_LENGTH);
  const options = load<u32>(filter, FILTER_OPTIONS);
  if (length > 0xffff) return RESULT_STRING_TOO_LONG;
  if (options > 0xff) return RESULT_INVALID_ARGUMENT;
  const size: u32 = 2 + length + <u32>(packetType == PACKET_TYPE_SUBSCRIBE);
  if (size > capacity) return RESULT_OUT_OF_SPACE;
  const p = writeString(<i32>output, load<u32>(filter, FILTER_FILTER), length);
  if (packetType == PACKET_TYPE_SUBSCRIBE) store<u8>(p, options);
  return size;
}
