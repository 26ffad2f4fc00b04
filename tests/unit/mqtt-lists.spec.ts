import { mqtt_filter_read, mqtt_filter_write, mqtt_property_read, mqtt_property_write } from '../../assembly/mqtt';
import { Filter, PacketType, Property, PropertyType, Result } from '../../build/abi/assembly';
import { INPUT, OUTPUT, put } from './bytes';
import { hexAt } from './mqtt-records';

const ITEM: usize = memory.data(64, 16);
const property = changetype<Property>(ITEM);
const filter = changetype<Filter>(ITEM);
const TEXT: usize = memory.data(64, 16);

function text(offset: usize): string {
  return String.UTF8.decodeUnsafe(load<u32>(ITEM + offset), load<u32>(ITEM + offset + 4));
}

function readProperty(hex: string): i32 {
  const length = put(hex);
  memory.fill(ITEM, 0xee, 64);
  return mqtt_property_read(INPUT, length, ITEM);
}

function readInteger(hex: string, type: u32, value: u32): void {
  expect(readProperty(hex + 'ffff')).toBe(hex.length >> 1, hex);
  expect(property.id).toBe(load<u8>(INPUT));
  expect(property.type).toBe(type, hex);
  expect(property.value).toBe(value, hex);
  expect(property.valueLength).toBe(0, hex);
  expect(property.nameLength).toBe(0, hex);
  expect(load<u32>(ITEM + Property.SIZE)).toBe(0xeeeeeeee, 'nothing is written behind the record');
}

function writeProperty(id: u32, value: u32, capacity: u32): i32 {
  put('');
  memory.fill(ITEM, 0, 64);
  property.id = id;
  property.value = value;
  return mqtt_property_write(ITEM, OUTPUT, capacity);
}

/** A string property, and for a user property also a name; both lie in TEXT. */
function writeString(id: u32, length: u32, nameLength: u32, capacity: u32): i32 {
  put('');
  store<u32>(TEXT, 0x64636261);
  property.id = id;
  property.value = <u32>TEXT;
  property.valueLength = length;
  property.name = TEXT + 2;
  property.nameLength = nameLength;
  return mqtt_property_write(ITEM, OUTPUT, capacity);
}

function writtenInteger(id: u32, value: u32, hex: string): void {
  const length: u32 = hex.length >> 1;
  for (let capacity: u32 = 0; capacity < length; capacity++) {
    expect(writeProperty(id, value, capacity)).toBe(Result.OUT_OF_SPACE, hex);
    expect(load<u64>(OUTPUT)).toBe(0xeeeeeeeeeeeeeeee, 'nothing is written');
  }
  expect(writeProperty(id, value, length)).toBe(length, hex);
  expect(hexAt(OUTPUT, length + 2)).toBe(hex + 'eeee');
}

function tooLarge(id: u32, value: u32): void {
  expect(writeProperty(id, value, 64)).toBe(Result.INVALID_ARGUMENT);
  expect(load<u64>(OUTPUT)).toBe(0xeeeeeeeeeeeeeeee, 'nothing is written');
}

describe('mqtt_property_read (2.2.2.2)', () => {
  it('reads integers of each type', () => {
    readInteger('0101', PropertyType.BYTE, 1);
    readInteger('21fffe', PropertyType.U16, 65534);
    readInteger('02fffefdfc', PropertyType.U32, 0xfffefdfc);
    readInteger('0b7f', PropertyType.VARINT, 127);
    readInteger('0bffffff7f', PropertyType.VARINT, 268435455);
  });

  it('gives text, binary data and pairs as views', () => {
    expect(readProperty('030002616200')).toBe(5);
    expect(property.type).toBe(PropertyType.UTF8);
    expect(text(offsetof<Property>('value'))).toBe('ab');
    expect(property.value).toBe(<u32>INPUT + 3);
    expect(readProperty('090001ff')).toBe(4);
    expect(property.type).toBe(PropertyType.BINARY);
    expect(hexAt(property.value, property.valueLength)).toBe('ff');
    expect(readProperty('2600016b0002767726')).toBe(8);
    expect(property.type).toBe(PropertyType.PAIR);
    expect(text(offsetof<Property>('name'))).toBe('k');
    expect(text(offsetof<Property>('value'))).toBe('vw');
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
    expect(readProperty('0001')).toBe(Result.PROPERTY_UNKNOWN);
    expect(readProperty('0401')).toBe(Result.PROPERTY_UNKNOWN);
    expect(readProperty('2b01')).toBe(Result.PROPERTY_UNKNOWN);
    expect(readProperty('ff01')).toBe(Result.PROPERTY_UNKNOWN);
    expect(readProperty('01')).toBe(Result.PROPERTY_TRUNCATED);
    expect(readProperty('2100')).toBe(Result.PROPERTY_TRUNCATED);
    expect(readProperty('02000000')).toBe(Result.PROPERTY_TRUNCATED);
    expect(readProperty('0b80')).toBe(Result.PROPERTY_TRUNCATED);
    expect(readProperty('0bffffffff01')).toBe(Result.PROPERTY_TRUNCATED);
    expect(readProperty('0300')).toBe(Result.PROPERTY_TRUNCATED);
    expect(readProperty('03000261')).toBe(Result.PROPERTY_TRUNCATED);
    expect(readProperty('2600016b')).toBe(Result.PROPERTY_TRUNCATED);
    expect(readProperty('2600016b000276')).toBe(Result.PROPERTY_TRUNCATED);
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
      expect(writeString(3, 4, 0, capacity)).toBe(Result.OUT_OF_SPACE);
      expect(load<u64>(OUTPUT)).toBe(0xeeeeeeeeeeeeeeee);
    }
    expect(writeString(3, 4, 0, 7)).toBe(7);
    expect(hexAt(OUTPUT, 8)).toBe('030004' + '61626364' + 'ee');
    expect(writeString(0x26, 1, 2, 7)).toBe(Result.OUT_OF_SPACE);
    expect(load<u64>(OUTPUT)).toBe(0xeeeeeeeeeeeeeeee);
    expect(writeString(0x26, 1, 2, 8)).toBe(8);
    expect(hexAt(OUTPUT, 9)).toBe('26' + '00026364' + '000161' + 'ee');
    expect(writeString(9, 0, 0, 3)).toBe(3);
  });

  it('refuses unknown identifiers and text longer than 65,535 bytes', () => {
    expect(writeProperty(0, 1, 64)).toBe(Result.PROPERTY_UNKNOWN);
    expect(writeProperty(43, 1, 64)).toBe(Result.PROPERTY_UNKNOWN);
    expect(writeProperty(0xffffffff, 1, 64)).toBe(Result.PROPERTY_UNKNOWN);
    expect(writeString(3, 65536, 0, 0xffffffff)).toBe(Result.STRING_TOO_LONG);
    expect(writeString(0x26, 1, 65536, 0xffffffff)).toBe(Result.STRING_TOO_LONG);
    expect(writeString(9, 0xffffffff, 0, 0xffffffff)).toBe(Result.STRING_TOO_LONG);
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
  filter.filter = TEXT;
  filter.filterLength = length;
  filter.options = options;
  return mqtt_filter_write(ITEM, type, OUTPUT, capacity);
}

describe('mqtt_filter_read and mqtt_filter_write (3.8.3, 3.10.3)', () => {
  it('reads an entry of a SUBSCRIBE with its options, and of an UNSUBSCRIBE without', () => {
    expect(readFilter('0003612f62' + '2e' + '0001', PacketType.SUBSCRIBE)).toBe(6);
    expect(text(offsetof<Filter>('filter'))).toBe('a/b');
    expect(filter.options).toBe(0x2e);
    expect(load<u32>(ITEM + Filter.SIZE)).toBe(0xeeeeeeee, 'nothing is written behind the record');
    expect(readFilter('0003612f62' + '2e', PacketType.UNSUBSCRIBE)).toBe(5);
    expect(filter.options).toBe(0);
    expect(readFilter('', PacketType.SUBSCRIBE)).toBe(0);
  });

  it('refuses an entry that is cut off', () => {
    expect(readFilter('00', PacketType.UNSUBSCRIBE)).toBe(Result.PACKET_TRUNCATED);
    expect(readFilter('000261', PacketType.UNSUBSCRIBE)).toBe(Result.PACKET_TRUNCATED);
    expect(readFilter('000161', PacketType.SUBSCRIBE)).toBe(Result.PACKET_TRUNCATED);
  });

  it('writes entries, never past the capacity', () => {
    for (let capacity: u32 = 0; capacity < 7; capacity++) {
      expect(writeFilter(PacketType.SUBSCRIBE, 4, 1, capacity)).toBe(Result.OUT_OF_SPACE);
      expect(load<u64>(OUTPUT)).toBe(0xeeeeeeeeeeeeeeee);
    }
    expect(writeFilter(PacketType.SUBSCRIBE, 4, 1, 7)).toBe(7);
    expect(hexAt(OUTPUT, 8)).toBe('0004' + '61626364' + '01' + 'ee');
    expect(writeFilter(PacketType.UNSUBSCRIBE, 4, 0, 5)).toBe(Result.OUT_OF_SPACE);
    expect(writeFilter(PacketType.UNSUBSCRIBE, 4, 0, 6)).toBe(6);
    expect(hexAt(OUTPUT, 7)).toBe('0004' + '61626364' + 'ee');
  });

  it('refuses filters longer than 65,535 bytes and options of more than a byte', () => {
    expect(writeFilter(PacketType.SUBSCRIBE, 65536, 1, 0xffffffff)).toBe(Result.STRING_TOO_LONG);
    expect(writeFilter(PacketType.SUBSCRIBE, 0xffffffff, 1, 0xffffffff)).toBe(Result.STRING_TOO_LONG);
    expect(writeFilter(PacketType.SUBSCRIBE, 4, 0x101, 64)).toBe(Result.INVALID_ARGUMENT);
    expect(load<u64>(OUTPUT)).toBe(0xeeeeeeeeeeeeeeee);
  });
});
