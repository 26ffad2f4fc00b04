import { PacketCursor } from '../../../core/index.js';

/** Cursors for many streams: almost none is in the middle of a packet, so one serves almost all of them. */
export class CursorPool {
  readonly #maximumPacketSize: number;
  #idle: PacketCursor | undefined;

  /** @param maximumPacketSize bytes */
  constructor(maximumPacketSize: number) {
    this.#maximumPacketSize = maximumPacketSize;
  }

  /** A cursor that keeps nothing of any stream; its version is anybody's. */
  take(): PacketCursor {
    const cursor = this.#idle ?? new PacketCursor({ maximumPacketSize: this.#maximumPacketSize });
    this.#idle = undefined;
    return cursor;
  }

  /** Takes a cursor back that has shown everything, in which nothing is pending, and which has not failed. */
  giveBack(cursor: PacketCursor): void {
    this.#idle = cursor;
  }
}
