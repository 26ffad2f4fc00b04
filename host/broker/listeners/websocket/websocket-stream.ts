import { Duplex } from 'node:stream';
import type { WebSocket } from 'ws';

/** A batch of at most this many bytes leaves in one frame. A larger one leaves as it is, without a copy. */
const ONE_FRAME = 65_536;

/** Close codes of RFC 6455 7.4.1. */
const NORMAL = 1000;
const UNSUPPORTED_DATA = 1003;

/**
 * The bytes of a WebSocket as a stream. Frames are not packets (MQTT-6.0.0-2): they are cut and joined at will, and each may
 * hold any part of the stream. A text frame ends the connection (MQTT-6.0.0-1).
 *
 * Pushes back both ways: what the peer has not taken waits in this stream, one batch of it in the WebSocket, and a reader that
 * does not take what came stops the socket.
 */
export class WebSocketStream extends Duplex {
  readonly #socket: WebSocket;
  /** A close frame says why: the socket is not cut off before the peer has had time to read it. */
  #hasSaidWhy = false;

  constructor(socket: WebSocket) {
    super({ allowHalfOpen: false });
    this.#socket = socket;
    socket.binaryType = 'nodebuffer';
    socket.on('message', (data, isBinary) => {
      if (!isBinary) this.#refuseText();
      else if ((data as Buffer).length > 0 && !this.push(data)) socket.pause();
    });
    // After what came before it. Bytes that are still to be sent find the socket closed, which destroys this stream.
    socket.on('close', () => this.push(null));
    // Broken frames, and those above the limit: the close frame with the code for it is on its way.
    socket.on('error', (error) => {
      this.#hasSaidWhy = true;
      this.destroy(new Error(`WebSocket: ${error.message}`));
    });
  }

  override _read(): void {
    this.#socket.resume();
  }

  override _write(chunk: Uint8Array, _encoding: BufferEncoding, done: (error?: Error | null) => void): void {
    this.#socket.send(chunk, { binary: true }, done);
  }

  override _writev(chunks: { chunk: Uint8Array }[], done: (error?: Error | null) => void): void {
    const total = chunks.reduce((sum, { chunk }) => sum + chunk.length, 0);
    if (total <= ONE_FRAME) {
      const frame = Buffer.concat(
        chunks.map(({ chunk }) => chunk),
        total,
      );
      this._write(frame, 'binary', done);
      return;
    }
    for (const { chunk } of chunks.slice(0, -1)) this.#socket.send(chunk, { binary: true });
    this._write(chunks.at(-1)!.chunk, 'binary', done);
  }

  override _final(done: (error?: Error | null) => void): void {
    this.#socket.close(NORMAL);
    done();
  }

  override _destroy(error: Error | null, done: (error?: Error | null) => void): void {
    if (!this.#hasSaidWhy) this.#socket.terminate();
    done(error);
  }

  #refuseText(): void {
    if (this.destroyed) return;
    this.#socket.close(UNSUPPORTED_DATA, 'MQTT is sent in binary frames');
    this.#hasSaidWhy = true;
    this.destroy(new Error('WebSocket: a text frame; MQTT is sent in binary frames (MQTT-6.0.0-1)'));
  }
}
