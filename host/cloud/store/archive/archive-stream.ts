import { createHash } from 'node:crypto';
import { XaesGcm } from '../seal/xaes-gcm.js';
import { StoreError } from '../store-error.js';
import { type ArchiveKeyHeader, type ArchiveSecret, archiveKey, newArchiveKey } from './archive-key.js';

/**
 * An archive is a line of JSON that says what opens it, then chunks: their length (4 bytes, big-endian) and what the cipher made of them.
 * With each chunk its number, whether it is the last, and the line are authenticated, so that none can be changed, left out or exchanged,
 * and an archive that is cut off has no last chunk.
 */
const FORMAT = 'wasmqtt-store-export';
const VERSION = 1;
const CHUNK = 256 * 1024;
/** A chunk ends behind a record, and a record is an application at most. */
const LONGEST_CHUNK = 256 * 1024 * 1024;
const LONGEST_HEADER = 4096;

/** Encrypts lines. */
export async function* writeArchive(lines: AsyncIterable<string>, secret: ArchiveSecret): AsyncIterable<Buffer> {
  const { header, key } = await newArchiveKey(secret);
  const first = `${JSON.stringify({ format: FORMAT, version: VERSION, key: header })}\n`;
  yield Buffer.from(first);
  const cipher = new XaesGcm(key);
  let number = 0;
  const seal = (text: string, isLast: boolean) => {
    const sealed = cipher.seal(Buffer.from(text), associated(first, number++, isLast));
    const length = Buffer.alloc(4);
    length.writeUInt32BE(sealed.length);
    return Buffer.concat([length, sealed]);
  };
  let chunk: string[] = [];
  let size = 0;
  for await (const line of lines) {
    chunk.push(line, '\n');
    size += line.length;
    if (size < CHUNK) continue;
    yield seal(chunk.join(''), false);
    [chunk, size] = [[], 0];
  }
  yield seal(chunk.join(''), true);
}

/**
 * The lines of an archive. Whoever reads them may use none before the last, which comes only when the archive is whole.
 *
 * Rejects with StoreError `damaged` when it is not what was written, `unusable` when it is none or has another key.
 */
export async function* readArchive(bytes: AsyncIterable<Uint8Array>, secret: ArchiveSecret): AsyncIterable<string> {
  const reader = new ByteReader(bytes);
  const first = await readFirst(reader);
  const cipher = new XaesGcm(await archiveKey(first.key, secret));
  for (let number = 0; ; number++) {
    const length = (await reader.take(4))?.readUInt32BE();
    const sealed = length === undefined || length > LONGEST_CHUNK ? undefined : await reader.take(length);
    if (sealed === undefined) throw cutOff();
    const isLast = await reader.isAtEnd();
    const chunk = open(
      cipher,
      sealed,
      associated(first.line, number, isLast),
      number === 0 ? first.key.kind : undefined,
    );
    for (const line of chunk.toString().split('\n')) if (line !== '') yield line;
    if (isLast) return;
  }
}

async function readFirst(reader: ByteReader): Promise<{ line: string; key: ArchiveKeyHeader }> {
  const line = await reader.line(LONGEST_HEADER);
  let header: { format?: unknown; version?: unknown; key?: ArchiveKeyHeader } = {};
  try {
    header = JSON.parse(line ?? '');
  } catch {
    // It is not one of ours.
  }
  if (header?.format !== FORMAT || line === undefined) {
    throw new StoreError(
      'unusable',
      'this is not an export of wasmqtt store; name the file that wasmqtt store export wrote',
    );
  }
  if (header.version !== VERSION) {
    throw new StoreError('unusable', 'the export is of a later version of wasmqtt; import it with that one');
  }
  const { key } = header;
  const isSound = typeof key?.salt === 'string' && (key.kind === 'master' || key.kind === 'passphrase');
  if (!isSound) throw changed();
  return { line, key };
}

function open(cipher: XaesGcm, sealed: Buffer, bound: Buffer, first: ArchiveKeyHeader['kind'] | undefined): Buffer {
  try {
    return cipher.open(sealed, bound);
  } catch (cause) {
    if (first === 'passphrase') {
      const what = 'the pass-phrase is another one, or the export is cut off or was changed; nothing was written';
      throw new StoreError('damaged', what, { cause });
    }
    throw changed(cause);
  }
}

function associated(first: string, number: number, isLast: boolean): Buffer {
  return createHash('sha256')
    .update(JSON.stringify([first, number, isLast]))
    .digest();
}

function cutOff(): StoreError {
  return new StoreError('damaged', 'the export is cut off; nothing was written: take another copy of it');
}

function changed(cause?: unknown): StoreError {
  const what = 'the export is cut off or was changed; nothing was written: take another copy of it';
  return new StoreError('damaged', what, { cause });
}

/** Takes bytes off a stream of pieces. */
class ByteReader {
  readonly #pieces: AsyncIterator<Uint8Array>;
  #bytes = Buffer.alloc(0);

  constructor(pieces: AsyncIterable<Uint8Array>) {
    this.#pieces = pieces[Symbol.asyncIterator]();
  }

  /** So many bytes; undefined when there are fewer. */
  async take(length: number): Promise<Buffer | undefined> {
    const pieces = [this.#bytes];
    let size = this.#bytes.length;
    while (size < length) {
      const piece = await this.#pieces.next();
      if (piece.done) return undefined;
      pieces.push(Buffer.from(piece.value));
      size += piece.value.length;
    }
    const all = Buffer.concat(pieces);
    this.#bytes = all.subarray(length);
    return all.subarray(0, length);
  }

  /** What comes before the next line end, with it; undefined when it is longer. */
  async line(longest: number): Promise<string | undefined> {
    for (;;) {
      const end = this.#bytes.indexOf('\n');
      if (end >= 0) return (await this.take(end + 1))?.toString();
      if (this.#bytes.length > longest || !(await this.#more())) return undefined;
    }
  }

  async isAtEnd(): Promise<boolean> {
    return this.#bytes.length === 0 && !(await this.#more());
  }

  async #more(): Promise<boolean> {
    const piece = await this.#pieces.next();
    if (piece.done) return false;
    this.#bytes = Buffer.concat([this.#bytes, piece.value]);
    return piece.value.length > 0 || this.#more();
  }
}
