// The other end of host/wasm3/device/line.c: frames in two files here, TLS connections there.
import { closeSync, openSync, readSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { tlsTransport } from '../../build/host/microvisor.js';

const HEAD = 4;
/** Milliseconds between two looks at the file of the device. */
const PERIOD = 5;

/** The files of one device, and the connection that it has. */
export class DeviceLine {
  #up;
  #down;
  #timer;
  #buffer = Buffer.alloc(0);
  /** @type {import('../../build/types/host/microvisor/index.js').Transport | undefined} */
  #transport;
  #connect = tlsTransport();
  #closed = false;

  /** @param {string} folder has the files `up` and `down` */
  constructor(folder) {
    this.#up = openSync(join(folder, 'up'), 'r');
    this.#down = openSync(join(folder, 'down'), 'a');
    this.#timer = setInterval(() => this.#look(), PERIOD);
  }

  close() {
    this.#closed = true;
    clearInterval(this.#timer);
    this.#transport?.destroy();
    closeSync(this.#up);
    closeSync(this.#down);
  }

  #look() {
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

  /** @param {string} type @param {number} connection @param {Buffer} bytes */
  #frame(type, connection, bytes) {
    if (type === 'D') this.#transport?.write(Buffer.from(bytes));
    if (type === 'E') this.#transport?.end();
    if (type === 'O') this.#open(connection, requestOf(bytes));
  }

  /** @param {number} connection @param {import('../../build/types/host/microvisor/index.js').TransportRequest} request */
  #open(connection, request) {
    this.#transport?.destroy();
    this.#transport = this.#connect(request, {
      connected: () => this.#send('C', connection, Buffer.alloc(0)),
      data: (bytes) => this.#send('D', connection, bytes),
      // 7: SOCKETERROR, which is also what the end of a connection is to the device.
      closed: (failure) => this.#send('X', connection, Buffer.of(failure?.requestState ?? 7)),
    });
  }

  /** @param {string} type @param {number} connection @param {Uint8Array} bytes */
  #send(type, connection, bytes) {
    if (this.#closed) return;
    for (let at = 0; at === 0 || at < bytes.length; at += 0xffff) {
      const part = bytes.subarray(at, at + 0xffff);
      const head = Buffer.of(type.charCodeAt(0), connection, part.length & 0xff, part.length >> 8);
      writeSync(this.#down, Buffer.concat([head, part]));
    }
  }
}

/** The connection that an O frame asks for. @param {Buffer} bytes */
function requestOf(bytes) {
  const request = { host: '', port: 0, ca: [], clientChain: [], clientKey: undefined };
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
