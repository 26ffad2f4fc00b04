import { der_check, der_read } from '../../assembly/der';
import { DerElement, DerLimit, Result } from '../../build/abi/assembly';
import { INPUT, OFFSET, OUTPUT, put, repeat, tlv } from './bytes';

/** The record that der_read fills. */
const element = changetype<DerElement>(OUTPUT);

/** der_read refuses the bytes with this code at this offset. */
function unreadable(hex: string, code: i32, offset: u32): void {
  const length = put(hex);
  expect(der_read(INPUT, length, OUTPUT)).toBe(code, hex);
  expect(element.errorOffset).toBe(offset, hex);
}

/** der_check refuses the bytes with this code at this offset. */
function refused(hex: string, code: i32, offset: u32): void {
  const length = put(hex);
  expect(der_check(INPUT, length, OUTPUT, DerLimit.DEPTH, OFFSET)).toBe(code, hex);
  expect(load<u32>(OFFSET)).toBe(offset, hex);
}

/** der_check counts this many elements. */
function accepted(hex: string, elements: i32 = 1): void {
  const length = put(hex);
  expect(der_check(INPUT, length, OUTPUT, DerLimit.DEPTH, OFFSET)).toBe(elements, hex);
}

describe('der_read', () => {
  it('gives tag, header length and content as a view, and where the next element starts', () => {
    const length = put('04 03 010203 0500');
    expect(der_read(INPUT, length, OUTPUT)).toBe(5);
    expect(element.tag).toBe(4);
    expect(element.headerLength).toBe(2);
    expect(<u32>element.content).toBe(<u32>INPUT + 2);
    expect(element.contentLength).toBe(3);
  });

  it('reads lengths of one, two and three octets', () => {
    let length = put('0481 80' + repeat('00', 128));
    expect(der_read(INPUT, length, OUTPUT)).toBe(131);
    expect(element.headerLength).toBe(3);
    length = put('0482 0100' + repeat('00', 256));
    expect(der_read(INPUT, length, OUTPUT)).toBe(260);
    length = put('047f' + repeat('00', 127));
    expect(der_read(INPUT, length, OUTPUT)).toBe(129);
  });

  it('refuses what ends inside identifier and length octets (X.690 8.1.1)', () => {
    unreadable('', Result.DER_TRUNCATED, 0);
    unreadable('30', Result.DER_TRUNCATED, 1);
    unreadable('3082', Result.DER_TRUNCATED, 2);
    unreadable('308201', Result.DER_TRUNCATED, 3);
  });

  it('refuses a length past the end (X.690 8.1.3)', () => {
    unreadable('0401', Result.DER_PAST_END, 1);
    unreadable('0484ffffffff00', Result.DER_PAST_END, 1);
    unreadable('0484 7fffffff 00', Result.DER_PAST_END, 1);
  });

  it('refuses a length that is not minimal (X.690 10.1)', () => {
    unreadable('04810100', Result.DER_LENGTH_NOT_MINIMAL, 1);
    unreadable('04817f' + repeat('00', 127), Result.DER_LENGTH_NOT_MINIMAL, 1);
    unreadable('04820080' + repeat('00', 128), Result.DER_LENGTH_NOT_MINIMAL, 1);
    unreadable('0484000001ff' + repeat('00', 511), Result.DER_LENGTH_NOT_MINIMAL, 1);
  });

  it('refuses an indefinite length (X.690 10.1)', () => {
    unreadable('30800000', Result.DER_LENGTH_INDEFINITE, 1);
  });

  it('refuses over 4 length octets and the reserved FF (X.690 8.1.3.5)', () => {
    unreadable('04850000000001 00', Result.DER_LENGTH_TOO_LARGE, 1);
    unreadable('04ff00', Result.DER_LENGTH_TOO_LARGE, 1);
  });

  it('refuses high tag numbers of every class (X.690 8.1.2.4)', () => {
    unreadable('1f1f00', Result.DER_TAG_HIGH, 0);
    unreadable('3f8101 00', Result.DER_TAG_HIGH, 0);
    unreadable('bf1f00', Result.DER_TAG_HIGH, 0);
    unreadable('df8fffffff7f00', Result.DER_TAG_HIGH, 0);
  });

  it('tells [UNIVERSAL 0] from end-of-contents octets (X.690 8.1.5, 10.1)', () => {
    unreadable('000100', Result.DER_TAG_ZERO, 0);
    unreadable('2000', Result.DER_TAG_ZERO, 0);
    unreadable('0000', Result.DER_END_OF_CONTENTS, 0);
  });

  it('refuses constructed strings of each type (X.690 10.2)', () => {
    const types = ['23', '24', '2c', '32', '33', '34', '35', '36', '37', '38', '39', '3a', '3b', '3c', '3e'];
    for (let i = 0; i < types.length; i++) unreadable(types[i] + '00', Result.DER_STRING_CONSTRUCTED, 0);
  });

  it('refuses other simple types constructed, and SEQUENCE and SET primitive (X.690 8.2.1 and others)', () => {
    const types = ['21', '22', '25', '26', '29', '2a', '2d', '10', '11', '08', '0b', '1d'];
    for (let i = 0; i < types.length; i++) unreadable(types[i] + '00', Result.DER_FORM, 0);
  });

  it('leaves the form of context tags open', () => {
    let length = put('8000');
    expect(der_read(INPUT, length, OUTPUT)).toBe(2);
    length = put('a000');
    expect(der_read(INPUT, length, OUTPUT)).toBe(2);
  });
});

describe('der_check', () => {
  it('counts elements at every depth', () => {
    accepted('0500');
    accepted('3000');
    accepted('30 06 3002 0500 3000', 4);
    accepted('a0 04 3002 3000', 3);
  });

  it('refuses trailing data (X.690 8.1.1) and inner elements that leave their wrapper (8.1.3)', () => {
    refused('0500 00', Result.DER_TRAILING_DATA, 2);
    refused('30020500 0500', Result.DER_TRAILING_DATA, 4);
    refused('30 03 020201 00', Result.DER_PAST_END, 3);
    refused('30 05 0201 01 0000', Result.DER_END_OF_CONTENTS, 5);
  });

  it('walks down to the depth that the caller allows and no further', () => {
    let nested = '';
    for (let i = 0; i < 32; i++) nested = tlv('30', nested);
    accepted(nested, 32);
    refused(tlv('30', nested), Result.DER_TOO_DEEP, 64);
    const length = put('30023000');
    expect(der_check(INPUT, length, OUTPUT, 1, OFFSET)).toBe(Result.DER_TOO_DEEP);
    expect(load<u32>(OUTPUT, 8)).toBe(0xeeeeeeee, 'the stack has 8 * depth bytes');
    expect(der_check(INPUT, length, OUTPUT, 2, OFFSET)).toBe(2);
  });

  it('refuses a depth outside 1 to 32', () => {
    const length = put('3000');
    expect(der_check(INPUT, length, OUTPUT, 0, OFFSET)).toBe(Result.INVALID_ARGUMENT);
    expect(der_check(INPUT, length, OUTPUT, 33, OFFSET)).toBe(Result.INVALID_ARGUMENT);
  });

  it('gets through a nest of thousands of levels with a result code', () => {
    refused(repeat('3084', 2000), Result.DER_PAST_END, 1);
    let nested = '';
    for (let i = 0; i < 1000; i++) nested = tlv('30', nested);
    const length = put(nested);
    expect(der_check(INPUT, length, OUTPUT, 32, OFFSET)).toBe(Result.DER_TOO_DEEP);
  });

  it('BOOLEAN: one octet (X.690 8.2.1), 00 or FF (11.1)', () => {
    accepted('010100');
    accepted('0101ff');
    refused('0100', Result.DER_BOOLEAN_LENGTH, 2);
    refused('0102ffff', Result.DER_BOOLEAN_LENGTH, 2);
    refused('010101', Result.DER_BOOLEAN_VALUE, 2);
    refused('0101fe', Result.DER_BOOLEAN_VALUE, 2);
  });

  it('INTEGER and ENUMERATED: octets (X.690 8.3.1), as few as possible (8.3.2)', () => {
    accepted('020100');
    accepted('02020080');
    accepted('0202ff7f');
    accepted('020180');
    accepted('0a0105');
    refused('0200', Result.DER_INTEGER_EMPTY, 2);
    refused('0202007f', Result.DER_INTEGER_NOT_MINIMAL, 2);
    refused('0202ff80', Result.DER_INTEGER_NOT_MINIMAL, 2);
    refused('0a020001', Result.DER_INTEGER_NOT_MINIMAL, 2);
    // The "negative zero" of CVE-2016-2108.
    refused('02020000', Result.DER_INTEGER_NOT_MINIMAL, 2);
  });

  it('BIT STRING: unused bits are there (X.690 8.6.2.1), 0 to 7 (8.6.2.2) and zero (11.2.1)', () => {
    accepted('030100');
    accepted('030207 80');
    accepted('030204f0');
    refused('0300', Result.DER_BIT_STRING_EMPTY, 2);
    refused('03020800', Result.DER_BIT_STRING_UNUSED, 2);
    refused('0302ff00', Result.DER_BIT_STRING_UNUSED, 2);
    refused('030101', Result.DER_BIT_STRING_UNUSED, 2);
    refused('030204f8', Result.DER_BIT_STRING_PADDING, 3);
    refused('03030700 81', Result.DER_BIT_STRING_PADDING, 4);
  });

  it('NULL is empty (X.690 8.8.2)', () => {
    refused('050100', Result.DER_NULL_NOT_EMPTY, 2);
  });

  it('OBJECT IDENTIFIER: arcs that end and are minimal (X.690 8.19.2), of any size', () => {
    accepted('06032b6570');
    accepted('0606 2b 8fffffff7f');
    refused('0600', Result.DER_OID_EMPTY, 2);
    refused('06022b80', Result.DER_OID_TRUNCATED, 3);
    refused('0602 80 01', Result.DER_OID_NOT_MINIMAL, 2);
    refused('0604 2b 80 01 01', Result.DER_OID_NOT_MINIMAL, 3);
    accepted('0606 2b 90 80 80 80 00');
    accepted('0607 2b 81 80 80 80 80 00');
    accepted('0614 69' + '83' + repeat('ff', 17) + '7f');
    refused('0607 2b 81 80 80 80 80 80', Result.DER_OID_TRUNCATED, 8);
  });

  it('UTCTime and GeneralizedTime have the shape of RFC 5280 4.1.2.5', () => {
    accepted(tlv('17', '3235303130313030303030305a'));
    accepted(tlv('18', '32303530303130313030303030305a'));
    // No seconds; an offset; a fraction; a local time; a letter.
    refused(tlv('17', '323530313031303030305a'), Result.DER_TIME_SHAPE, 2);
    refused(tlv('17', '3235303130313030303030302b30303030'), Result.DER_TIME_SHAPE, 2);
    refused(tlv('18', '32303530303130313030303030302e355a'), Result.DER_TIME_SHAPE, 2);
    refused(tlv('17', '32353031303130303030303030'), Result.DER_TIME_SHAPE, 2);
    refused(tlv('17', '32353031303130303030303a5a'), Result.DER_TIME_SHAPE, 13);
  });

  it('month, day, hour, minute and second are in range; leap years are those of the Gregorian calendar', () => {
    // 25-13-01, 25-00-01, 25-02-29, 25-04-31, 24:00:00, 00:60:00, 00:00:60, 2100-02-29
    refused(tlv('17', '3235313330313030303030305a'), Result.DER_TIME_VALUE, 4);
    refused(tlv('17', '3235303030313030303030305a'), Result.DER_TIME_VALUE, 4);
    refused(tlv('17', '3235303232393030303030305a'), Result.DER_TIME_VALUE, 6);
    refused(tlv('17', '3235303433313030303030305a'), Result.DER_TIME_VALUE, 6);
    refused(tlv('17', '3235303130303030303030305a'), Result.DER_TIME_VALUE, 6);
    refused(tlv('17', '3235303130313234303030305a'), Result.DER_TIME_VALUE, 8);
    refused(tlv('17', '3235303130313030363030305a'), Result.DER_TIME_VALUE, 10);
    refused(tlv('17', '3235303130313030303036305a'), Result.DER_TIME_VALUE, 12);
    refused(tlv('18', '32313030303232393030303030305a'), Result.DER_TIME_VALUE, 8);
    accepted(tlv('17', '3234303232393030303030305a'));
    accepted(tlv('18', '32343030303232393030303030305a'));
  });

  it('UTF8String is well-formed (X.690 8.23.10), without U+0000', () => {
    accepted('0c04 c3a4 6162');
    refused('0c02 c080', Result.DER_UTF8_INVALID, 2);
    refused('0c04 61 eda080', Result.DER_UTF8_INVALID, 3);
    refused('0c02 61 c3', Result.DER_UTF8_INVALID, 3);
    refused('0c03 610062', Result.DER_UTF8_INVALID, 3);
  });

  it('the one-octet strings keep to their alphabets (X.680 41)', () => {
    const printable = " '()+,-./0123456789:=?ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
    for (let c = 0; c < 256; c++) {
      store<u32>(INPUT, 0x0113 | (c << 16));
      const inside = c != 0 && c < 128 && printable.includes(String.fromCharCode(c));
      expect(der_check(INPUT, 3, OUTPUT, 1, OFFSET)).toBe(inside ? 1 : Result.DER_PRINTABLE_STRING_INVALID);
      store<u32>(INPUT, 0x0112 | (c << 16));
      const numeric = c == 32 || (c >= 48 && c <= 57);
      expect(der_check(INPUT, 3, OUTPUT, 1, OFFSET)).toBe(numeric ? 1 : Result.DER_NUMERIC_STRING_INVALID);
      store<u32>(INPUT, 0x0116 | (c << 16));
      expect(der_check(INPUT, 3, OUTPUT, 1, OFFSET)).toBe(c < 128 ? 1 : Result.DER_IA5_STRING_INVALID);
      store<u32>(INPUT, 0x011a | (c << 16));
      const visible = c >= 32 && c <= 126;
      expect(der_check(INPUT, 3, OUTPUT, 1, OFFSET)).toBe(visible ? 1 : Result.DER_VISIBLE_STRING_INVALID);
    }
    refused('1303 41 2a 42', Result.DER_PRINTABLE_STRING_INVALID, 3);
  });

  it('BMPString and UniversalString hold whole characters (X.690 8.23.7, 8.23.8)', () => {
    accepted('1e020041');
    accepted('1c0400000041');
    refused('1e03004100', Result.DER_WIDE_STRING_LENGTH, 2);
    refused('1c020041', Result.DER_WIDE_STRING_LENGTH, 2);
  });

  it('BMPString holds no surrogates (X.680 41)', () => {
    for (let high: u32 = 0; high < 256; high++) {
      store<u32>(INPUT, 0x021e | (high << 16));
      const isSurrogate = high >= 0xd8 && high <= 0xdf;
      expect(der_check(INPUT, 4, OUTPUT, 1, OFFSET)).toBe(isSurrogate ? Result.DER_BMP_STRING_INVALID : 1);
    }
    refused('1e06 0041 d7ff de00', Result.DER_BMP_STRING_INVALID, 6);
    accepted('1e04 00d8 00df');
    refused('1e03 d80041', Result.DER_WIDE_STRING_LENGTH, 2);
  });

  it('SET OF ascends (X.690 11.6), and so do the tags of a SET (10.3)', () => {
    accepted('3106 020101 020102', 3);
    accepted('3106 020101 020101', 3);
    accepted('3107 020105 02020101', 3);
    refused('3106 020102 020101', Result.DER_SET_ORDER, 5);
    accepted('3105 020101 0500', 3);
    refused('3105 0500 020101', Result.DER_SET_ORDER, 4);
    // The form is no part of the order of tags: SEQUENCE 16 comes before BMPString 30.
    accepted('3106 3000 1e020041', 3);
    refused('3106 1e020041 3000', Result.DER_SET_ORDER, 6);
  });
});
