import { PassThrough, Writable } from 'node:stream';
import { describe, expect, it } from 'vitest';
import type { Packet } from '../../../host/mqtt-packet/index.js';
import { hex, ours } from './peers.js';

const { writeToStream } = ours;

/** Records what is done to it. */
class Recorder {
  readonly chunks: Buffer[] = [];
  readonly errors: unknown[] = [];
  corked = 0;
  takesMore = true;

  write(chunk: Buffer): boolean {
    this.chunks.push(chunk);
    return this.takesMore;
  }

  destroy(error: unknown): void {
    this.errors.push(error);
  }

  cork(): void {
    this.corked++;
  }

  uncork(): void {
    this.corked--;
  }
}

const publish: Packet = { cmd: 'publish', topic: 'a', payload: 'hi', qos: 0, dup: false, retain: false };
const wrong: Packet = { ...publish, topic: 'a/#' };

describe('writeToStream', () => {
  it('writes header and payload in one piece', () => {
    const stream = new Recorder();
    expect(writeToStream(publish, stream)).toBe(true);
    expect(stream.chunks).toEqual([hex('30050001616869')]);
  });

  it('corks the stream until the next tick, so that packets of one tick are sent together', async () => {
    const pieces: number[] = [];
    const stream = new Writable({
      write: (_chunk, _encoding, done) => done(),
      writev: (chunks, done) => {
        pieces.push(chunks.length);
        done();
      },
    });
    for (let count = 0; count < 3; count++) writeToStream(publish, stream);
    expect(stream.writableCorked).toBe(3);
    await new Promise((resolve) => setImmediate(resolve));
    expect(stream.writableCorked).toBe(0);
    expect(pieces).toEqual([3]);
  });

  it('accepts a stream that cannot be corked', () => {
    const chunks: Buffer[] = [];
    expect(writeToStream(publish, { write: (chunk: Buffer) => chunks.push(chunk) > 0 })).toBe(true);
    expect(chunks).toHaveLength(1);
  });

  it('accepts a stream that can only be corked', async () => {
    const thrown: unknown[] = [];
    const note = (error: unknown) => thrown.push(error);
    process.once('uncaughtException', note);
    expect(writeToStream(publish, { write: () => true, cork: () => undefined })).toBe(true);
    await new Promise((resolve) => setImmediate(resolve));
    process.off('uncaughtException', note);
    expect(thrown).toEqual([]);
  });

  it.each<[Packet, boolean]>([
    [publish, false],
    [{ cmd: 'subscribe', messageId: 1, subscriptions: [{ topic: 'a', qos: 0 }] }, false],
    [{ cmd: 'suback', messageId: 1, granted: [0] }, false],
    [{ cmd: 'unsubscribe', messageId: 1, unsubscriptions: ['a'] }, false],
    [{ cmd: 'pingreq' }, false],
    [{ cmd: 'pingresp' }, false],
    [{ cmd: 'connect', clientId: 'c' }, true],
    [{ cmd: 'connack', returnCode: 0, sessionPresent: false }, true],
    [{ cmd: 'puback', messageId: 1 }, true],
    [{ cmd: 'pubrel', messageId: 1 }, true],
    [{ cmd: 'unsuback', messageId: 1, granted: [] }, true],
    [{ cmd: 'disconnect' }, true],
  ])('returns for %o into a full stream what mqtt-packet returns', (packet, expected) => {
    const stream = new Recorder();
    stream.takesMore = false;
    expect(writeToStream(packet, stream)).toBe(expected);
    expect(stream.chunks).toHaveLength(1);
    stream.takesMore = true;
    expect(writeToStream(packet, stream)).toBe(true);
  });

  it('destroys the stream for a refused packet, writes nothing and returns false', () => {
    const stream = new Recorder();
    expect(writeToStream(wrong, stream)).toBe(false);
    expect(stream.chunks).toEqual([]);
    expect(stream.corked).toBe(0);
    expect(stream.errors).toMatchObject([{ name: 'PacketError', codeName: 'TOPIC_WILDCARD' }]);
  });

  it('lets a stream of Node emit the error', async () => {
    const stream = new PassThrough();
    const error = new Promise((resolve) => stream.once('error', resolve));
    writeToStream({ cmd: 'nothing' } as never, stream);
    expect(await error).toMatchObject({ message: 'Unknown command' });
  });

  it('throws the error when the stream cannot be destroyed', () => {
    expect(() => writeToStream(wrong, { write: () => true })).toThrow(/wildcard/);
  });

  it('writes with `lenient` what the standard forbids', () => {
    const stream = new Recorder();
    expect(writeToStream(wrong, stream, { lenient: true })).toBe(true);
    expect(stream.chunks).toEqual([hex('30070003612f236869')]);
  });

  it('neither writes nor destroys when an acknowledgement is too large for its receiver', () => {
    const stream = new Recorder();
    const options = { protocolVersion: 5, properties: { maximumPacketSize: 3 } };
    expect(writeToStream({ cmd: 'disconnect', reasonCode: 0 }, stream, options)).toBe(false);
    expect(stream).toMatchObject({ chunks: [], errors: [] });
  });

  it('has the switch cacheNumbers, which is on at first and can be set', () => {
    expect(writeToStream.cacheNumbers).toBe(true);
    writeToStream.cacheNumbers = false;
    expect(writeToStream.cacheNumbers).toBe(false);
    writeToStream.cacheNumbers = true;
  });
});
