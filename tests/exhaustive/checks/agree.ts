import { PacketRecord } from '../../../build/abi/core.js';
import { PacketReader } from '../oracles/packet-reader.js';
import type { Version } from '../oracles/standard.js';
import { type Build, hexOf, type Tally } from './exhaustive-check.js';

const LARGEST = 268_435_460;
const reference = new PacketReader();

/** The fields of a packet that was accepted, in the record and in the reference. */
const FIELDS = [
  'packetId',
  'reasonCode',
  'topicLength',
  'payloadLength',
  'propertiesLength',
  'topicAlias',
  'count',
] as const;

/** Decodes what lies at the end of memory from `input` on, the same in all builds, with each build and with the reference. */
export function agree(builds: readonly Build[], tally: Tally, input: number, version: Version): number {
  const [{ u8, end }] = builds;
  const expected = reference.decode(u8, input, end, version);
  for (const build of builds) {
    const result = build.core.mqtt_decode(input, end - input, version, LARGEST, build.record);
    if (result === expected && isSame(build, expected)) continue;
    const found = { result, offset: build.word(PacketRecord.errorOffset), needed: build.word(PacketRecord.needed) };
    const fields = Object.fromEntries(FIELDS.map((name) => [name, reference[name]]));
    const { offset, needed } = reference;
    tally.differ(
      build,
      `${hexOf(u8, input, end)} version ${version}`,
      { result: expected, offset, needed, ...fields },
      found,
    );
  }
  tally.cases++;
  return expected;
}

function isSame(build: Build, result: number): boolean {
  if (result < 0) return build.word(PacketRecord.errorOffset) === reference.offset;
  if (result === 0) return build.word(PacketRecord.needed) === reference.needed;
  for (const field of FIELDS) if (build.word(PacketRecord[field]) !== reference[field]) return false;
  return true;
}

/** Writes bytes to the same place of all builds. */
export function put(builds: readonly Build[], at: number, ...bytes: number[]): void {
  for (const { u8 } of builds) for (let i = 0; i < bytes.length; i++) u8[at + i] = bytes[i];
}
