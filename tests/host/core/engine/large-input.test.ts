import { describe, expect, it } from 'vitest';
import * as core from '../../../../host/core/index.js';
import codec from '../../../../host/mqtt-packet/index.js';

/** Never written to, so it takes no memory; undefined where the machine has no such address space. */
function untouched(length: number): Uint8Array | undefined {
  try {
    return new Uint8Array(length);
  } catch {
    return undefined;
  }
}

const large = untouched(2 ** 31 + 8);
const ping = core.encodePacket({ type: 'pingreq' }, 4);
const waiting = core.encodePacket({ type: 'puback', packetId: 1, reasonCode: 0 }, 4);

describe.skipIf(large === undefined)('bytes of more than 2 GiB, whose addresses the core cannot tell', () => {
  const bytes = large as Uint8Array;
  const refusal = expect.objectContaining({
    name: 'RangeError',
    message: 'chunk: 2147483656 bytes are too many at once, at most 1610612736: pass smaller chunks',
  });

  it('are refused as a chunk by a decoder, which then goes on with the stream', () => {
    const decoder = new core.PacketDecoder();
    expect(() => decoder.push(bytes)).toThrow(refusal);
    expect(decoder.push(waiting.subarray(0, 3))).toEqual([]);
    expect(() => decoder.push(bytes)).toThrow(RangeError);
    expect(decoder.push(waiting.subarray(3))).toMatchObject([{ type: 'puback' }]);
  });

  it('are refused as a chunk by a cursor', () => {
    const cursor = new core.PacketCursor();
    expect(() => cursor.push(bytes)).toThrow(refusal);
    expect(cursor.push(ping) && cursor.next()).toBe(true);
  });

  it('are refused as a chunk by a session, which then goes on with the stream', () => {
    const session = new core.ClientSession();
    session.send({ type: 'connect', protocolVersion: 4, cleanStart: true, keepAlive: 0, clientId: 'c' }, 0);
    const connack = core.encodePacket({ type: 'connack', sessionPresent: false, reasonCode: 0 }, 4);
    expect(session.receive(connack.subarray(0, 1), 1)).toEqual([]);
    expect(() => session.receive(bytes, 1)).toThrow(RangeError);
    expect(session.receive(connack.subarray(1), 1)).toMatchObject([{ packet: { type: 'connack' } }]);
  });

  it('are refused as a chunk by a parser in the place of mqtt-packet, which then goes on with the stream', () => {
    const packets: unknown[] = [];
    const parser = codec.parser().on('packet', ({ cmd }) => packets.push(cmd));
    parser.parse(waiting.subarray(0, 3));
    expect(() => parser.parse(bytes)).toThrow(RangeError);
    parser.parse(waiting.subarray(3));
    expect(packets).toEqual(['puback']);
  });

  it.each(
    [
      core.checkDer,
      core.checkPkcs8,
      core.identifyKey,
      core.readPrivateKey,
      core.readCertificate,
      core.readCertificateRequest,
      core.readCertificates,
      core.readCrl,
      core.splitDer,
      core.wrapPkcs8,
      core.hexEncode,
    ].map((call: (bytes: Uint8Array) => unknown) => ({ name: call.name, call })),
  )('are refused by $name', ({ call }) => {
    expect(() => call(bytes)).toThrow(RangeError);
    expect(core.hexEncode(Buffer.alloc(100, 0xab))).toBe('ab'.repeat(100));
  });

  it('are refused as a payload', () => {
    const publish = { type: 'publish', topic: 'a', payload: bytes, qos: 0, retain: false, dup: false } as const;
    const tooLarge = expect.objectContaining({ codeName: 'PACKET_TOO_LARGE' });
    expect(() => core.encodePacket(publish, 4)).toThrow(tooLarge);
    expect(() => core.preparePublish(publish, 4).encode(bytes)).toThrow(tooLarge);
    expect(() => codec.generate({ cmd: 'publish', topic: 'a', payload: bytes } as never)).toThrow(
      'Invalid variable byte integer: 2147483659',
    );
  });
});
