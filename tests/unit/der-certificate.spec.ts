import { x509_read } from '../../assembly/der';
import { Certificate, EcCurve, KeyAlgorithm, Result } from '../../build/abi/assembly';
import { INPUT, OUTPUT, put, repeat, sequence, tlv } from './bytes';
import {
  ALGORITHM,
  certificate,
  dated,
  ED25519_INFO,
  extended,
  ISSUER,
  keyed,
  name,
  SERIAL,
  SIGNATURE,
  SUBJECT,
  tbs,
  UTC_2024,
  UTC_2025,
  versioned,
} from './certificate-parts';

/** The record that x509_read fills. */
const found = changetype<Certificate>(OUTPUT);

function read(hex: string): i32 {
  const length = put(hex);
  return x509_read(INPUT, length, OUTPUT);
}

/** x509_read refuses the bytes with this code, at the place where `at` begins in them for the last time. */
function refused(hex: string, code: i32, at: string): void {
  expect(read(hex)).toBe(code, hex);
  expect(found.errorOffset).toBe(<u32>hex.lastIndexOf(at) >> 1, hex);
}

function accepted(hex: string): void {
  expect(read(hex)).toBe(hex.length >> 1, hex);
}

function serial(hex: string): string {
  return certificate(tbs('', hex, ISSUER, UTC_2024 + UTC_2025, SUBJECT, ED25519_INFO));
}

function named(issuer: string): string {
  return certificate(tbs('', SERIAL, issuer, UTC_2024 + UTC_2025, SUBJECT, ED25519_INFO));
}

function view(offset: usize): string {
  return String.UTF8.decodeUnsafe(load<u32>(OUTPUT + offset), load<u32>(OUTPUT + offset + 4));
}

const RSA: string = '300d06092a864886f70d0101010500';
const P256: string = '301306072a8648ce3d020106082a8648ce3d030107';
const P384: string = '301006072a8648ce3d020106052b81040022';

function info(algorithm: string, key: string): string {
  return sequence(algorithm + tlv('03', '00' + key));
}

function rsa(modulus: string): string {
  return info(RSA, sequence(tlv('02', modulus) + '0203010001'));
}

describe('x509_read', () => {
  it('gives the fields of a v3 certificate', () => {
    accepted(
      versioned('a003020102', tlv('a3', sequence('300e0603551d0f0101ff0404030205a0' + '30090603551d1304023000'))),
    );
    expect(found.version).toBe(3);
    expect(view(offsetof<Certificate>('issuerCommonName'))).toBe('ca');
    expect(found.issuerCommonNameTag).toBe(12);
    expect(view(offsetof<Certificate>('subjectCommonName'))).toBe('d');
    expect(found.subjectCommonNameTag).toBe(19);
    expect(found.notBefore).toBe(1704067200);
    expect(found.notAfter).toBe(1735689600);
    expect(found.algorithm).toBe(KeyAlgorithm.ED25519);
    expect(found.bits).toBe(256);
    expect(found.publicKeyLength).toBe(32);
    expect(found.extensionCount).toBe(2);
    expect(found.serialNumberLength).toBe(1);
    expect(found.signatureLength).toBe(64);
    expect(<u32>found.tbs).toBe(<u32>INPUT + 3);
    expect(load<u32>(OUTPUT + Certificate.SIZE)).toBe(0xeeeeeeee, 'nothing is written behind the record');
  });

  it('reads v1 and v2', () => {
    accepted(versioned('', ''));
    expect(found.version).toBe(1);
    accepted(versioned('a003020101', '8102000182020002'));
    expect(found.version).toBe(2);
  });

  it('gives its length, where the next one of a chain starts', () => {
    const one = versioned('', '');
    const length = put(one + one + '00');
    expect(x509_read(INPUT, length, OUTPUT)).toBe(one.length >> 1);
    expect(x509_read(INPUT + (one.length >> 1), length - (one.length >> 1), OUTPUT)).toBe(one.length >> 1);
  });

  it('checks the DER of everything in it, unknown extensions and parameters but for their values', () => {
    const parameters = '300806032b6570' + '010101';
    refused(certificate(SERIAL + parameters), Result.DER_BOOLEAN_VALUE, '01' + ALGORITHM);
    expect(read('')).toBe(Result.DER_TRUNCATED);
    expect(read('3000')).toBe(Result.DER_ELEMENT_MISSING);
    expect(read('3100')).toBe(Result.DER_TAG_UNEXPECTED);
    expect(read('30020500')).toBe(Result.DER_TAG_UNEXPECTED);
  });

  it('version: v1 is the default (X.690 11.5), v2 and v3 are all there is (RFC 5280 4.1.2.1)', () => {
    refused(versioned('a003020100', ''), Result.X509_VERSION_DEFAULT, '00020101');
    refused(versioned('a003020103', ''), Result.X509_VERSION_UNKNOWN, '03020101');
    refused(versioned('a0030201ff', ''), Result.X509_VERSION_UNKNOWN, 'ff020101');
    refused(versioned('a00402020100', ''), Result.X509_VERSION_UNKNOWN, '0100020101');
    refused(versioned('a0050201020500', ''), Result.DER_TRAILING_DATA, '0500020101');
  });

  it('serialNumber: any number of at most 20 octets of value (RFC 5280 4.1.2.2)', () => {
    accepted(serial('020100'));
    accepted(serial('0201a5'));
    accepted(serial(tlv('02', '7f' + repeat('ff', 19))));
    accepted(serial(tlv('02', '00' + repeat('ff', 20))));
    expect(found.serialNumberLength).toBe(21);
    refused(serial(tlv('02', '00' + repeat('fe', 21))), Result.X509_SERIAL_TOO_LONG, '00fefe');
    refused(serial(tlv('02', '7f' + repeat('fe', 20))), Result.X509_SERIAL_TOO_LONG, '7ffe');
  });

  it('signature: the same algorithm inside as outside (RFC 5280 4.1.1.2), whole octets', () => {
    const inner = SERIAL + '300506032b6571' + ISSUER + sequence(UTC_2024 + UTC_2025) + SUBJECT + ED25519_INFO;
    refused(certificate(inner), Result.X509_SIGNATURE_ALGORITHM, ALGORITHM + SIGNATURE);
    const body = sequence(tbs('', SERIAL, ISSUER, UTC_2024 + UTC_2025, SUBJECT, ED25519_INFO));
    refused(sequence(body + ALGORITHM + '030201fe'), Result.X509_SIGNATURE_BITS, '01fe');
    refused(sequence(body + ALGORITHM + SIGNATURE + '0500'), Result.DER_TRAILING_DATA, '0500');
    refused(sequence(body + ALGORITHM), Result.DER_ELEMENT_MISSING, '');
    refused(sequence(body + '3000' + SIGNATURE), Result.X509_SIGNATURE_ALGORITHM, '3000' + SIGNATURE);
    refused(certificate(SERIAL + '3000'), Result.DER_ELEMENT_MISSING, ALGORITHM);
    refused(certificate(SERIAL + '300906032b657005000500'), Result.DER_TRAILING_DATA, '0500' + ALGORITHM);
  });

  it('issuer: not empty (RFC 5280 4.1.2.4), no empty set, two elements to an attribute', () => {
    refused(named('3000'), Result.X509_ISSUER_EMPTY, '3000301e');
    refused(named('30023100'), Result.X509_RDN_EMPTY, '3100301e');
    refused(named(sequence('3000')), Result.DER_TAG_UNEXPECTED, '3000301e');
    refused(named(sequence(tlv('31', '0500'))), Result.DER_TAG_UNEXPECTED, '0500301e');
    refused(named(sequence(tlv('31', sequence('0603550403')))), Result.DER_ELEMENT_MISSING, '301e');
    refused(named(name('0c01610500')), Result.DER_TRAILING_DATA, '0500301e');
    // An empty subject is allowed (4.1.2.6).
    accepted(certificate(tbs('', SERIAL, ISSUER, UTC_2024 + UTC_2025, '3000', ED25519_INFO)));
    expect(<u32>found.subjectCommonName).toBe(0);
  });

  it('common name: the last one, and a DirectoryString (RFC 5280 appendix A.1)', () => {
    const attributes =
      tlv('31', sequence('06035504030c0161')) +
      tlv('31', sequence('060355040a0c0162')) +
      tlv('31', sequence('06035504030c0163'));
    accepted(named(sequence(attributes)));
    expect(view(offsetof<Certificate>('issuerCommonName'))).toBe('c');
    accepted(named(name('140161')));
    accepted(named(name('1e020061')));
    accepted(named(name('1c0400000061')));
    refused(named(name('160161')), Result.X509_COMMON_NAME_TYPE, '160161');
    refused(named(name('020161')), Result.X509_COMMON_NAME_TYPE, '020161');
    // Another attribute may have any type.
    accepted(named(sequence(tlv('31', sequence('060355040a160161')))));
  });

  it('validity: UTCTime through 2049, 50 and over is 19xx (RFC 5280 4.1.2.5)', () => {
    accepted(dated('170d3530303130313030303030305a' + '170d3439313233313233353935395a'));
    expect(found.notBefore).toBe(-631152000);
    expect(found.notAfter).toBe(2524607999);
    accepted(dated(UTC_2024 + '180f39393939313233313233353935395a'));
    expect(found.notAfter).toBe(253402300799);
    accepted(dated(UTC_2024 + '180f32303439313233313233353935395a'));
    expect(found.notAfter).toBe(2524607999);
    refused(dated(UTC_2024), Result.DER_ELEMENT_MISSING, SUBJECT);
    refused(dated(UTC_2024 + '0500'), Result.DER_TAG_UNEXPECTED, '0500' + SUBJECT);
    refused(dated(UTC_2024 + UTC_2025 + '0500'), Result.DER_TRAILING_DATA, '0500' + SUBJECT);
  });

  it('RSA key: NULL parameters (RFC 3279 2.3.1), positive numbers; the bits of the modulus', () => {
    accepted(keyed(rsa('00' + repeat('ff', 256))));
    expect(found.algorithm).toBe(KeyAlgorithm.RSA);
    expect(found.bits).toBe(2048);
    accepted(keyed(rsa('01' + repeat('ff', 128))));
    expect(found.bits).toBe(1025);
    refused(keyed(rsa('81ab')), Result.KEY_PUBLIC_INVALID, '81ab');
    refused(keyed(rsa('00')), Result.KEY_PUBLIC_INVALID, '000203');
    refused(keyed(rsa('0071')), Result.DER_INTEGER_NOT_MINIMAL, '0071');
    refused(keyed(info(RSA, sequence('020131020103') + '0500')), Result.DER_TRAILING_DATA, '0500' + ALGORITHM);
    refused(keyed(info(RSA, sequence('020131' + '0201a3'))), Result.KEY_PUBLIC_INVALID, 'a3' + ALGORITHM);
    refused(keyed(info(RSA, sequence('020131'))), Result.DER_ELEMENT_MISSING, ALGORITHM);
    const bare = '300b06092a864886f70d010101';
    refused(keyed(info(bare, sequence('020131020103'))), Result.KEY_PARAMETERS, '0309');
  });

  it('EC key: a named curve (RFC 5480 2.1.1) and a point of its size (2.2)', () => {
    accepted(keyed(info(P256, '04' + repeat('33', 64))));
    expect(found.algorithm).toBe(KeyAlgorithm.EC);
    expect(found.curve).toBe(EcCurve.P256);
    accepted(keyed(info(P256, '02' + repeat('33', 32))));
    accepted(keyed(info(P384, '03' + repeat('33', 48))));
    expect(found.bits).toBe(384);
    refused(keyed(info(P256, '04' + repeat('33', 63))), Result.KEY_PUBLIC_INVALID, '0433');
    refused(keyed(info(P256, '05' + repeat('33', 64))), Result.KEY_PUBLIC_INVALID, '0533');
    refused(keyed(info(P256, '')), Result.KEY_PUBLIC_INVALID, ALGORITHM);
    const implicit = '300b06072a8648ce3d02010500';
    refused(keyed(info(implicit, '04' + repeat('33', 64))), Result.KEY_PARAMETERS, '05000342');
  });

  it('Ed25519 key: no parameters (RFC 8410 3), 32 octets (4)', () => {
    refused(keyed(info('300706032b65700500', repeat('33', 32))), Result.KEY_PARAMETERS, '05000321');
    refused(keyed(info(ALGORITHM, repeat('33', 31))), Result.KEY_PUBLIC_INVALID, repeat('33', 31));
    refused(keyed(sequence(ALGORITHM + '030201fe')), Result.KEY_PUBLIC_INVALID, '01fe');
    refused(keyed(sequence(ALGORITHM + '03020033' + '0500')), Result.KEY_PUBLIC_INVALID, '330500');
    refused(
      keyed(sequence(ALGORITHM + tlv('03', '00' + repeat('33', 32)) + '0500')),
      Result.DER_TRAILING_DATA,
      '0500' + ALGORITHM,
    );
  });

  it('lets an unknown algorithm pass as unknown', () => {
    accepted(keyed(info('300506032b656e', '33')));
    expect(found.algorithm).toBe(KeyAlgorithm.UNKNOWN);
    expect(found.bits).toBe(0);
  });

  it('unique identifiers: from v2 on (RFC 5280 4.1.2.8), BIT STRINGs, in order', () => {
    refused(versioned('', '81020001'), Result.X509_UNIQUE_ID_VERSION, '81020001');
    refused(versioned('a003020101', '81020801'), Result.DER_BIT_STRING_UNUSED, '0801');
    refused(versioned('a003020101', '8202000181020001'), Result.DER_TRAILING_DATA, '81020001');
  });

  it('extensions: in v3 only (RFC 5280 4.1.2.9), at least one, at most 64', () => {
    const one = '30080603551d7f040100';
    refused(versioned('a003020101', tlv('a3', sequence(one))), Result.X509_EXTENSIONS_VERSION, 'a30c');
    refused(extended(''), Result.X509_EXTENSIONS_EMPTY, '3000' + ALGORITHM);
    refused(versioned('a003020102', tlv('a3', sequence(one) + '0500')), Result.DER_TRAILING_DATA, '0500' + ALGORITHM);
    refused(versioned('a003020102', tlv('a3', sequence(one)) + '0500'), Result.DER_TRAILING_DATA, '0500' + ALGORITHM);
    let many = '';
    for (let i = 0; i < 64; i++) many += '300706022a' + (16 + i).toString(16) + '040100';
    accepted(extended(many));
    expect(found.extensionCount).toBe(64);
    refused(extended(many + one), Result.X509_EXTENSIONS_TOO_MANY, one.substring(4));
  });

  it('extension: identifier, critical only when TRUE (X.690 11.5), value; each once (RFC 5280 4.2)', () => {
    refused(extended('300b0603551d13010100040100'), Result.X509_CRITICAL_DEFAULT, '00040100');
    refused(
      extended('30080603551d7f040100' + '300b0603551d7f0101ff040102'),
      Result.X509_EXTENSION_DUPLICATE,
      '0603551d7f0101ff',
    );
    accepted(extended('30080603551d7f040100' + '30080603551d7e040100'));
    refused(extended('30080603551d7f020100'), Result.DER_TAG_UNEXPECTED, '020100');
    refused(extended('30050603551d7f'), Result.DER_ELEMENT_MISSING, ALGORITHM);
    refused(extended('300a0603551d7f0401000500'), Result.DER_TRAILING_DATA, '0500' + ALGORITHM);
    refused(extended('3003040100'), Result.DER_TAG_UNEXPECTED, '040100');
  });
});
