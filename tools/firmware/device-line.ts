// The other end of host/wasm3/device/line.c: frames in two files here, TLS connections there.
import { closeSync, openSync, readSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { type Transport, type TransportRequest, tlsTransport } from '../../host/microvisor/index.js';

/** Type, connection and length. */
const HEAD = 4;
/** Milliseconds between two looks at the file of the device. */
const PERIOD = 5;
/** What the device is told when a connection ends without a reason of its own: SOCKETERROR. */
const SOCKET_ERROR = 7;

/** The files of one device, and its connection. */
export class DeviceLine {
  readonly #up: number;
  readonly #down: number;
  readonly #timer: NodeJS.Timeout;
  readonly #connect = tlsTransport();
  #buffer = Buffer.alloc(0);
  #transport: Transport | undefined;
  #closed = false;

  /** @param folder has the files `up` and `down` */
  constructor(folder: string) {
    this.#up = openSync(join(folder, 'up'), 'r');
    this.#down = openSync(join(folder, 'down'), 'a');
    this.#timer = setInterval(() => this.#look(), PERIOD);
  }

  close(): void {
    this.#closed = true;
    clearInterval(this.#timer);
    this.#transport?.destroy();
    closeSync(this.#up);
    closeSync(this.#down);
  }

  #look(): void {
    const chunk = Buffer.alloc(65_536);
    for (let count = readSync(this.#up, chunk); count > 0; count = readSync(this.#up, chunk)) {
      this.#buffer = Buffer.concat([this.#buffer, chunk.subarray(0, count)]);
    }
    while (this.#buffer.length >= HEAD && this.#buffer.length >= HEAD + this.#buffer.readUInt16LE(2)) {
      const end = HEAD + this.#buffer.readUInt16LE(2);
      this.#frame(String.fromCharCode(this.#buffer[0]), this.#buffer[1], this.#buffer.subarray(HEAD, end));
      this.#buffer = this.#buffer.subarray(end);
    }
  }

  #frame(type: string, connection: number, bytes: Buffer): void {
    if (type === 'D') this.#transport?.write(Buffer.from(bytes));
    if (type === 'E') this.#transport?.end();
    if (type === 'O') this.#open(connection, requestOf(bytes));
  }

  #open(connection: number, request: TransportRequest): void {
    this.#transport?.destroy();
    this.#transport = this.#connect(request, {
      connected: () => this.#send('C', connection, Buffer.alloc(0)),
      data: (bytes) => this.#send('D', connection, bytes),
      closed: (failure) => this.#send('X', connection, Buffer.of(failure?.requestState ?? SOCKET_ERROR)),
    });
  }

  #send(type: string, connection: number, bytes: Uint8Array): void {
    if (this.#closed) return;
    for (let at = 0; at === 0 || at < bytes.length; at += 0xffff) {
      const part = bytes.subarray(at, at + 0xffff);
      const head = Buffer.of(type.charCodeAt(0), connection, part.length & 0xff, part.length >> 8);
      writeSync(this.#down, Buffer.concat([head, part]));
    }
  }
}

/** The connection that an O frame asks for. */
function requestOf(bytes: Buffer): TransportRequest {
  const request: TransportRequest = { host: '', port: 0, ca: [], clientChain: [], clientKey: undefined };
  for (let at = 0; at + 3 <= bytes.length; ) {
    const end = at + 3 + bytes.readUInt16LE(at + 1);
    const value = Buffer.from(bytes.subarray(at + 3, end));
    const tag = String.fromCharCode(bytes[at]);
    if (tag === 'h') request.host = value.toString();
    if (tag === 'p') request.port = value.readUInt16LE();
    if (tag === 'a') request.ca.push(value);
    if (tag === 'c') request.clientChain.push(value);
    if (tag === 'k') request.clientKey = value;
    at = end;
  }
  return request;
}
