import { describe, expect, it } from 'vitest';
import type { Packet } from '../../../host/mqtt-packet/index.js';
import { oneByOne, ours, parseAll, theirs } from './peers.js';
import { Random } from './random.js';
import { Samples } from './samples.js';

const VERSIONS = [4, 5] as const;
const COUNT = 400;

/** A packet object for mqtt-packet, whose declarations are stricter than what it accepts. */
const forThem = (packet: Packet) => packet as never;

describe.each(VERSIONS)('random valid packets of version %i', (protocolVersion) => {
  const options = { protocolVersion };
  const samples = Array.from({ length: COUNT }, (_, seed) => new Samples(new Random(seed)).packet(protocolVersion));

  it('are written as the bytes that mqtt-packet writes', () => {
    samples.forEach((packet, seed) => {
      const expected = theirs.generate(forThem(packet), options).toString('hex');
      expect(ours.generate(packet, options).toString('hex'), `seed ${seed}`).toBe(expected);
      expect(ours.generate(packet, { ...options, lenient: true }).toString('hex'), `seed ${seed}`).toBe(expected);
    });
  });

  it('are read as the objects that mqtt-packet emits', () => {
    samples.forEach((packet, seed) => {
      const bytes = theirs.generate(forThem(packet), options);
      const expected = parseAll(theirs, { ...options }, bytes);
      expect(expected.errors).toEqual([]);
      expect(parseAll(ours, { ...options }, bytes), `seed ${seed}`).toEqual(expected);
      expect(parseAll(ours, { ...options, lenient: true }, bytes), `seed ${seed}`).toEqual(expected);
    });
  });

  it('come back with every field', () => {
    samples.forEach((packet, seed) => {
      const { packets } = parseAll(ours, { ...options }, ours.generate(packet, options));
      expect(packets[0], `seed ${seed}`).toMatchObject(packet);
    });
  });

  it('yield the same packets and return values however the stream is fragmented', () => {
    const random = new Random(protocolVersion);
    const stream = Buffer.concat(samples.slice(0, 100).map((packet) => ours.generate(packet, options)));
    const chunks: Buffer[] = [];
    for (let at = 0; at < stream.length; ) {
      const size = random.integer(1, random.pick([1, 5, 100]));
      chunks.push(stream.subarray(at, at + size));
      at += size;
    }
    for (const split of [chunks, oneByOne(stream)]) {
      const expected = parseAll(theirs, { ...options }, ...split);
      expect(expected.packets).toHaveLength(100);
      expect(parseAll(ours, { ...options }, ...split)).toEqual(expected);
      expect(parseAll(ours, { ...options, lenient: true }, ...split)).toEqual(expected);
    }
  });
});

describe('packets with changed bytes', () => {
  /** Changes one, two or three bytes of a valid packet, but not its fixed header. */
  function* damaged() {
    for (let seed = 0; seed < 3000; seed++) {
      const random = new Random(seed);
      const protocolVersion = random.pick(VERSIONS);
      const packet = new Samples(random).packet(protocolVersion);
      const bytes = Buffer.from(ours.generate(packet, { protocolVersion }));
      const header = bytes[1] < 0x80 ? 2 : 3;
      if (bytes.length === header) continue;
      for (let count = random.integer(1, 3); count > 0; count--) {
        bytes[random.integer(header, bytes.length - 1)] = random.pick([
          0,
          1,
          2,
          0x23,
          0x80,
          0xff,
          random.integer(0, 255),
        ]);
      }
      yield { seed, protocolVersion, bytes };
    }
  }

  /** The outcome with mqtt-packet; undefined when it throws instead of emitting an error. */
  function expectation(protocolVersion: number, bytes: Buffer) {
    try {
      const { packets, errors } = parseAll(theirs, { protocolVersion }, bytes);
      return errors.length > 0 ? { packets: [], message: errors[0].message } : { packets, message: undefined };
    } catch {
      return undefined;
    }
  }

  it('are accepted and refused as by mqtt-packet with the option `lenient`, in the same words', () => {
    let refused = 0;
    let pastList = 0;
    for (const { seed, protocolVersion, bytes } of damaged()) {
      const expected = expectation(protocolVersion, bytes);
      if (!expected) continue;
      const { packets, errors } = parseAll(ours, { protocolVersion, lenient: true }, bytes);
      // The divergence property-past-list.
      if (errors[0]?.codeName === 'PROPERTY_TRUNCATED') {
        pastList++;
        continue;
      }
      expect({ packets, message: errors[0]?.message }, `seed ${seed}: ${bytes.toString('hex')}`).toEqual(expected);
      if (expected.message) refused++;
    }
    expect(refused).toBeGreaterThan(200);
    expect(pastList).toBeLessThan(200);
  });

  it('are read as by mqtt-packet when the core accepts them, and refused in its words when both refuse', () => {
    const outcomes = { taken: 0, refusedByBoth: 0, refusedByUs: 0 };
    for (const { seed, protocolVersion, bytes } of damaged()) {
      const expected = expectation(protocolVersion, bytes);
      if (!expected) continue;
      const { packets, errors } = parseAll(ours, { protocolVersion }, bytes);
      const where = `seed ${seed}: ${bytes.toString('hex')}`;
      if (errors.length === 0) {
        expect({ packets, message: undefined }, where).toEqual(expected);
        outcomes.taken++;
      } else if (expected.message) {
        expect(errors[0].message, where).toBe(expected.message);
        outcomes.refusedByBoth++;
      } else {
        expect(errors[0].codeName, where).toEqual(expect.any(String));
        outcomes.refusedByUs++;
      }
    }
    for (const count of Object.values(outcomes)) expect(count).toBeGreaterThan(100);
  });
});
