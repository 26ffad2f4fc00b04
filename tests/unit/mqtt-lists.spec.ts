import { mqtt_filter_read, mqtt_filter_write, mqtt_property_read, mqtt_property_write } from '../../assembly/mqtt';
import * as abi from '../../build/abi/assembly';
import { INPUT, OUTPUT, put } from './bytes';
import { hexAt } from './mqtt-records';

const ITEM: usize = memory.data(64, 16);
const TEXT: usize = memory.data(64, 16);

function item(offset: usize): u32 {
  return load<u32>(ITEM + offset);
}

function text(offset: usize): string {
  return String.UTF8.decodeUnsafe(item(offset), item(offset + 4));
}

function readProperty(hex: string): i32 {
  const length = put(hex);
  memory.fill(ITEM, 0xee, 64);
  return mqtt_property_read(INPUT, length, ITEM);
}

function readInteger(hex: string, type: u32, value: u32): void {
  expect(readProperty(hex + 'ffff')).toBe(hex.length >> 1, hex);
  expect(item(abi.PROPERTY_ID)).toBe(load<u8>(INPUT));
  expect(item(abi.PROPERTY_TYPE)).toBe(type, hex);
  expect(item(abi.PROPERTY_VALUE)).toBe(value, hex);
  expect(item(abi.PROPERTY_VALUE_LENGTH)).toBe(0, hex);
  expect(item(abi.PROPERTY_NAME_LENGTH)).toBe(0, hex);
  expect(load<u32>(ITEM + abi.PROPERTY_SIZE)).toBe(0xeeeeeeee, 'nothing is written behind the record');
}

function writeProperty(id: u32, value: u32, capacity: u32): i32 {
  put('');
  memory.fill(ITEM, 0, 64);
  store<u32>(ITEM, id, abi.PROPERTY_ID);
  store<u32>(ITEM, value, abi.PROPERTY_VALUE);
  return mqtt_property_write(ITEM, OUTPUT, capacity);
}

/** A string property, and for a user property also a name; both lie in TEXT. */
function writeString(id: u32, length: u32, nameLength: u32, capacity: u32): i32 {
  put('');
  store<u32>(TEXT, 0x64636261);
  store<u32>(ITEM, id, abi.PROPERTY_ID);
  store<u32>(ITEM, <u32>TEXT, abi.PROPERTY_VALUE);
  store<u32>(ITEM, length, abi.PROPERTY_VALUE_LENGTH);
  store<u32>(ITEM, <u32>TEXT + 2, abi.PROPERTY_NAME);
  store<u32>(ITEM, nameLength, abi.PROPERTY_NAME_LENGTH);
  return mqtt_property_write(ITEM, OUTPUT, capacity);
}

function writtenInteger(id: u32, value: u32, hex: string): void {
  const length: u32 = hex.length >> 1;
  for (let capacity: u32 = 0; capacity < length; capacity++) {
    expect(writeProperty(id, value, capacity)).toBe(abi.RESULT_OUT_OF_SPACE, hex);
    expect(load<u64>(OUTPUT)).toBe(0xeeeeeeeeeeeeeeee, 'nothing is written');
  }
  expect(writeProperty(id, value, length)).toBe(length, hex);
  expect(hexAt(OUTPUT, length + 2)).toBe(hex + 'eeee');
}

function tooLarge(id: u32, value: u32): void {
  expect(writeProperty(id, value, 64)).toBe(abi.RESULT_INVALID_ARGUMENT);
  expect(load<u64>(OUTPUT)).toBe(0xeeeeeeeeeeeeeeee, 'nothing is written');
}

describe('mqtt_property_read (2.2.2.2)', () => {
  it('reads integers of each type', () => {
    readInteger('0101', abi.PROPERTY_TYPE_BYTE, 1);
    readInteger('21fffe', abi.PROPERTY_TYPE_U16, 65534);
    readInteger('02fffefdfc', abi.PROPERTY_TYPE_U32, 0xfffefdfc);
    readInteger('0b7f', abi.PROPERTY_TYPE_VARINT, 127);
    readInteger('0bffffff7f', abi.PROPERTY_TYPE_VARINT, 268435455);
  });

  it('gives text, binary data and pairs as views', () => {
    expect(readProperty('030002616200')).toBe(5);
    expect(item(abi.PROPERTY_TYPE)).toBe(abi.PROPERTY_TYPE_UTF8);
    expect(text(abi.PROPERTY_VALUE)).toBe('ab');
    expect(item(abi.PROPERTY_VALUE)).toBe(<u32>INPUT + 3);
    expect(readProperty('090001ff')).toBe(4);
    expect(item(abi.PROPERTY_TYPE)).toBe(abi.PROPERTY_TYPE_BINARY);
    expect(hexAt(item(abi.PROPERTY_VALUE), item(abi.PROPERTY_VALUE_LENGTH))).toBe('ff');
    expect(readProperty('2600016b0002767726')).toBe(8);
    expect(item(abi.PROPERTY_TYPE)).toBe(abi.PROPERTY_TYPE_PAIR);
    expect(text(abi.PROPERTY_NAME)).toBe('k');
    expect(text(abi.PROPERTY_VALUE)).toBe('vw');
  });

  it('walks a list to its end', () => {
    const length = put('0101 2600016b000176 0b01 230001');
    let at: u32 = 0;
    let count = 0;
    while (at < length) {
      at += mqtt_property_read(INPUT + at, length - at, ITEM);
      count++;
    }
    expect(at).toBe(length);
    expect(count).toBe(4);
    expect(mqtt_property_read(INPUT + at, 0, ITEM)).toBe(0);
  });

  it('refuses unknown identifiers and values that run past the list', () => {
    expect(readProperty('0001')).toBe(abi.RESULT_PROPERTY_UNKNOWN);
    expect(readProperty('0401')).toBe(abi.RESULT_PROPERTY_UNKNOWN);
    expect(readProperty('2b01')).toBe(abi.RESULT_PROPERTY_UNKNOWN);
    expect(readProperty('ff01')).toBe(abi.RESULT_PROPERTY_UNKNOWN);
    expect(readProperty('01')).toBe(abi.RESULT_PROPERTY_TRUNCATED);
    expect(readProperty('2100')).toBe(abi.RESULT_PROPERTY_TRUNCATED);
    expect(readProperty('02000000')).toBe(abi.RESULT_PROPERTY_TRUNCATED);
    expect(readProperty('0b80')).toBe(abi.RESULT_PROPERTY_TRUNCATED);
    expect(readProperty('0bffffffff01')).toBe(abi.RESULT_PROPERTY_TRUNCATED);
    expect(readProperty('0300')).toBe(abi.RESULT_PROPERTY_TRUNCATED);
    expect(readProperty('03000261')).toBe(abi.RESULT_PROPERTY_TRUNCATED);
    expect(readProperty('2600016b')).toBe(abi.RESULT_PROPERTY_TRUNCATED);
    expect(readProperty('2600016b000276')).toBe(abi.RESULT_PROPERTY_TRUNCATED);
  });
});

describe('mqtt_property_write', () => {
  it('writes integers of each type, never past the capacity', () => {
    writtenInteger(1, 1, '0101');
    writtenInteger(0x21, 0xfffe, '21fffe');
    writtenInteger(2, 0xfffefdfc, '02fffefdfc');
    writtenInteger(0x0b, 127, '0b7f');
    writtenInteger(0x0b, 128, '0b8001');
    writtenInteger(0x0b, 268435455, '0bffffff7f');
  });

  it('refuses integers that their type cannot hold, which would lose bits or take a fifth byte', () => {
    tooLarge(1, 0x100);
    tooLarge(1, 0xffffff01);
    tooLarge(0x21, 0x10000);
    tooLarge(0x0b, 268435456);
    tooLarge(0x0b, 0xffffffff);
  });

  it('writes text and pairs, never past the capacity', () => {
    for (let capacity: u32 = 0; capacity < 7; capacity++) {
      expect(writeString(3, 4, 0, capacity)).toBe(abi.RESULT_OUT_OF_SPACE);
      expect(load<u64>(OUTPUT)).toBe(0xeeeeeeeeeeeeeeee);
    }
    expect(writeString(3, 4, 0, 7)).toBe(7);
    expect(hexAt(OUTPUT, 8)).toBe('030004' + '61626364' + 'ee');
    expect(writeString(0x26, 1, 2, 7)).toBe(abi.RESULT_OUT_OF_SPACE);
    expect(load<u64>(OUTPUT)).toBe(0xeeeeeeeeeeeeeeee);
    expect(writeString(0x26, 1, 2, 8)).toBe(8);
    expect(hexAt(OUTPUT, 9)).toBe('26' + '00026364' + '000161' + 'ee');
    expect(writeString(9, 0, 0, 3)).toBe(3);
  });

  it('refuses unknown identifiers and text longer than 65,535 bytes', () => {
    expect(writeProperty(0, 1, 64)).toBe(abi.RESULT_PROPERTY_UNKNOWN);
    expect(writeProperty(43, 1, 64)).toBe(abi.RESULT_PROPERTY_UNKNOWN);
    expect(writeProperty(0xffffffff, 1, 64)).toBe(abi.RESULT_PROPERTY_UNKNOWN);
    expect(writeString(3, 65536, 0, 0xffffffff)).toBe(abi.RESULT_STRING_TOO_LONG);
    expect(writeString(0x26, 1, 65536, 0xffffffff)).toBe(abi.RESULT_STRING_TOO_LONG);
    expect(writeString(9, 0xffffffff, 0, 0xffffffff)).toBe(abi.RESULT_STRING_TOO_LONG);
    expect(load<u64>(OUTPUT)).toBe(0xeeeeeeeeeeeeeeee);
  });
});

function readFilter(hex: string, type: i32): i32 {
  const length = put(hex);
  memory.fill(ITEM, 0xee, 64);
  return mqtt_filter_read(INPUT, length, type, ITEM);
}

function writeFilter(type: i32, length: u32, options: u32, capacity: u32): i32 {
  put('');
  store<u32>(TEXT, 0x64636261);
  store<u32>(ITEM, <u32>TEXT, abi.FILTER_FILTER);
  store<u32>(ITEM, length, abi.FILTER_FILTER_LENGTH);
  store<u32>(ITEM, options, abi.FILTER_OPTIONS);
  return mqtt_filter_write(ITEM, type, OUTPUT, capacity);
}

describe('mqtt_filter_read and mqtt_filter_write (3.8.3, 3.10.3)', () => {
  it('reads an entry of a SUBSCRIBE with its options, and of an UNSUBSCRIBE without', () => {
    expect(readFilter('0003612f62' + '2e' + '0001', abi.PACKET_TYPE_SUBSCRIBE)).toBe(6);
    expect(text(abi.FILTER_FILTER)).toBe('a/b');
    expect(item(abi.FILTER_OPTIONS)).toBe(0x2e);
    expect(load<u32>(ITEM + abi.FILTER_SIZE)).toBe(0xeeeeeeee, 'nothing is written behind the record');
    expect(readFilter('0003612f62' + '2e', abi.PACKET_TYPE_UNSUBSCRIBE)).toBe(5);
    expect(item(abi.FILTER_OPTIONS)).toBe(0);
    expect(readFilter('', abi.PACKET_TYPE_SUBSCRIBE)).toBe(0);
  });

  it('refuses an entry that is cut off', () => {
    expect(readFilter('00', abi.PACKET_TYPE_UNSUBSCRIBE)).toBe(abi.RESULT_PACKET_TRUNCATED);
    expect(readFilter('000261', abi.PACKET_TYPE_UNSUBSCRIBE)).toBe(abi.RESULT_PACKET_TRUNCATED);
    expect(readFilter('000161', abi.PACKET_TYPE_SUBSCRIBE)).toBe(abi.RESULT_PACKET_TRUNCATED);
  });

  it('writes entries, never past the capacity', () => {
    for (let capacity: u32 = 0; capacity < 7; capacity++) {
      expect(writeFilter(abi.PACKET_TYPE_SUBSCRIBE, 4, 1, capacity)).toBe(abi.RESULT_OUT_OF_SPACE);
      expect(load<u64>(OUTPUT)).toBe(0xeeeeeeeeeeeeeeee);
    }
    expect(writeFilter(abi.PACKET_TYPE_SUBSCRIBE, 4, 1, 7)).toBe(7);
    expect(hexAt(OUTPUT, 8)).toBe('0004' + '61626364' + '01' + 'ee');
    expect(writeFilter(abi.PACKET_TYPE_UNSUBSCRIBE, 4, 0, 5)).toBe(abi.RESULT_OUT_OF_SPACE);
    expect(writeFilter(abi.PACKET_TYPE_UNSUBSCRIBE, 4, 0, 6)).toBe(6);
    expect(hexAt(OUTPUT, 7)).toBe('0004' + '61626364' + 'ee');
  });

  it('refuses filters longer than 65,535 bytes and options of more than a byte', () => {
    expect(writeFilter(abi.PACKET_TYPE_SUBSCRIBE, 65536, 1, 0xffffffff)).toBe(abi.RESULT_STRING_TOO_LONG);
    expect(writeFilter(abi.PACKET_TYPE_SUBSCRIBE, 0xffffffff, 1, 0xffffffff)).toBe(abi.RESULT_STRING_TOO_LONG);
    expect(writeFilter(abi.PACKET_TYPE_SUBSCRIBE, 4, 0x101, 64)).toBe(abi.RESULT_INVALID_ARGUMENT);
    expect(load<u64>(OUTPUT)).toBe(0xeeeeeeeeeeeeeeee);
  });
});
