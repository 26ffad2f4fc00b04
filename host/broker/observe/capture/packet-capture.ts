import { type FileHandle, open } from 'node:fs/promises';
import type { Direction, PacketTap, TappedConnection } from '../../engine/tap/packet-tap.js';
import { fileHeader, packetBlock } from './pcapng-blocks.js';
import { TcpConversation } from './tcp-conversation.js';

export interface PacketCaptureOptions {
  /** The file; an old one is replaced. */
  path: string;
  /** Bytes that the file may have, 1,024 at least. Default 1 GiB. When it is full, the capture ends. */
  largest?: number;
  /** Milliseconds since 1970. Default: the clock of the system. */
  wallNow?: () => number;
  /** The capture has ended before the broker did: the file is full, or cannot be written. */
  onEnd?: (reason: string) => void;
}

/** Written when the broker has nothing else to do, or when this many bytes wait. */
const CHUNK = 65_536;
/** Bytes that may wait for the disk: a disk that is slower than the clients loses packets, and says so. */
const LARGEST_BACKLOG = 67_108_864;
const DEFAULT_LARGEST = 1_073_741_824;
const OWNER_ONLY = 0o600;

/**
 * Writes what clients and the broker send each other into a pcapng file, without TLS, as TCP to port 1883: Wireshark and tshark decode
 * it. Passwords and payloads are in it as they were sent, so nobody else may read the file. Each turn of the event loop is written at
 * once: the file can be looked at while it grows. Parts of the broker's own program are left out.
 *
 * @example
 * ```ts
 * import { statSync } from 'node:fs';
 * import { createBroker, PacketCapture, type PacketCaptureOptions } from 'wasmqtt/broker';
 *
 * const options: PacketCaptureOptions = { path: 'packets.pcapng', largest: 1024 * 1024 };
 * const capture = await PacketCapture.create(options);
 * const broker = await createBroker({ taps: [capture] });
 * await broker.close();
 * await capture.close();
 * statSync('packets.pcapng').size > 0; // => true
 * ```
 */
export class PacketCapture implements PacketTap {
  readonly #file: FileHandle;
  readonly #largest: number;
  readonly #wallNow: () => number;
  readonly #onEnd: (reason: string) => void;
  readonly #conversations = new Map<number, TcpConversation>();
  #size = 0;
  #pending: Buffer[] = [];
  #pendingBytes = 0;
  #writing: Promise<void> | undefined;
  #isScheduled = false;
  #isOver = false;

  private constructor(file: FileHandle, { largest = DEFAULT_LARGEST, wallNow, onEnd }: PacketCaptureOptions) {
    this.#file = file;
    this.#largest = largest;
    this.#wallNow = wallNow ?? (() => performance.timeOrigin + performance.now());
    this.#onEnd = onEnd ?? (() => {});
    this.#append([fileHeader('wasmqtt')]);
  }

  /** @throws Error of node:fs when the file cannot be opened; RangeError for a size below 1,024 */
  static async create(options: PacketCaptureOptions): Promise<PacketCapture> {
    const { largest = DEFAULT_LARGEST, path } = options;
    if (!(largest >= 1024)) throw new RangeError(`largest is ${largest}; use 1,024 bytes or more`);
    const file = await open(path, 'w', OWNER_ONLY);
    try {
      // A file that was there keeps its permissions. One that is a pipe, for a Wireshark that looks on, has its own.
      if ((await file.stat()).isFile()) await file.chmod(OWNER_ONLY);
    } catch (error) {
      await file.close();
      throw error;
    }
    return new PacketCapture(file, options);
  }

  opened({ id, info }: TappedConnection): void {
    if (this.#isOver || info.listener?.isInternal) return;
    const conversation = new TcpConversation(info.remote, id);
    this.#conversations.set(id, conversation);
    this.#write(conversation.open());
  }

  bytes({ id }: TappedConnection, direction: Direction, bytes: Uint8Array): void {
    const conversation = this.#conversations.get(id);
    if (conversation) this.#write(conversation.carry(direction, bytes));
  }

  closed({ id }: TappedConnection, reason: string): void {
    const conversation = this.#conversations.get(id);
    this.#conversations.delete(id);
    if (conversation) this.#write(conversation.close(), reason);
  }

  /** Resolves when all that was captured is in the file. */
  async flush(): Promise<void> {
    this.#start();
    while (this.#writing) await this.#writing;
  }

  /** Ends the capture and closes the file. Never throws. */
  async close(): Promise<void> {
    this.#isOver = true;
    await this.flush();
    await this.#file.close().catch(() => {});
  }

  /**
   * Writes all of these packets or none, so that the file is never cut in the middle of one.
   *
   * @param comment shown beside the first
   */
  #write(packets: Buffer[], comment?: string): void {
    if (this.#isOver) return;
    const now = this.#wallNow();
    this.#append(packets.map((packet, index) => packetBlock(packet, now, index === 0 ? comment : undefined)));
  }

  #append(blocks: Buffer[]): void {
    const bytes = blocks.reduce((sum, { length }) => sum + length, 0);
    if (this.#size + bytes > this.#largest) {
      this.#end(`the capture has reached ${this.#largest} bytes; later packets are not in it`);
      return;
    }
    if (this.#pendingBytes + bytes > LARGEST_BACKLOG) {
      this.#end('the disk is slower than the clients; later packets are not in the capture');
      return;
    }
    this.#size += bytes;
    this.#pendingBytes += bytes;
    this.#pending.push(...blocks);
    if (this.#pendingBytes >= CHUNK) this.#start();
    else if (!this.#isScheduled) {
      this.#isScheduled = true;
      setImmediate(() => {
        this.#isScheduled = false;
        this.#start();
      });
    }
  }

  #end(reason: string): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#conversations.clear();
    this.#onEnd(reason);
  }

  #start(): void {
    if (this.#writing || this.#pendingBytes === 0) return;
    this.#writing = this.#drain().finally(() => {
      this.#writing = undefined;
    });
  }

  async #drain(): Promise<void> {
    while (this.#pendingBytes > 0) {
      const blocks = this.#pending;
      this.#pending = [];
      this.#pendingBytes = 0;
      try {
        await this.#file.appendFile(Buffer.concat(blocks));
      } catch (error) {
        this.#pending = [];
        this.#pendingBytes = 0;
        this.#end(`the capture cannot be written: ${(error as Error).message}`);
      }
    }
  }
}
