import { spawn } from 'node:child_process';
import { once } from 'node:events';
import process from 'node:process';
import { stopProcess } from '../stop-process.js';

/** Devices that publish, and bytes of a message. */
const DEVICES = 100;
const SIZE = 200;
/** Messages that wait for their PUBACK, at most. */
const WINDOW = 1000;

/** Publishes with QoS 1, and knows of MQTT 3.1.1 just that: what is measured is not the publisher. Prints a line when all are acknowledged. */
const PUBLISHER = `
import { connect } from 'node:net';
const [port, count, devices, size, window] = process.argv.slice(1).map(Number);
const text = (value) => { const bytes = Buffer.from(value); return Buffer.concat([Buffer.from([bytes.length >> 8, bytes.length & 255]), bytes]); };
const packet = (type, ...parts) => {
  const body = Buffer.concat(parts);
  const length = [];
  for (let left = body.length; ; left >>= 7) { length.push(left > 127 ? (left & 127) | 128 : left); if (left <= 127) break; }
  return Buffer.concat([Buffer.from([type, ...length]), body]);
};
const topics = Array.from({ length: devices }, (_, n) => text('admin:' + n.toString(16) + '/attrs'));
const json = JSON.stringify({ temperature: 21.5, text: '' });
const payload = Buffer.from(json.replace('""', '"' + 'x'.repeat(size - json.length) + '"'));
const socket = connect(port, '127.0.0.1');
let sent = 0, acknowledged = -1;
socket.write(packet(0x10, text('MQTT'), Buffer.from([4, 2, 0, 0]), text('devices')));
const more = () => {
  const parts = [];
  for (; sent < count && sent - acknowledged < window; sent++) {
    const id = Buffer.from([((sent % 65535) + 1) >> 8, ((sent % 65535) + 1) & 255]);
    parts.push(packet(0x32, topics[sent % devices], id, payload));
  }
  if (parts.length > 0) socket.write(Buffer.concat(parts));
};
let bytes = 0;
socket.on('data', (data) => {
  bytes += data.length;
  acknowledged = (bytes >> 2) - 1;
  more();
  if (acknowledged === count) { console.log('all'); socket.end(); }
});
`;

/** Devices that publish to `admin:N/attrs`. */
export class DevicePublisher {
  readonly #child;
  /** Resolves when the broker has acknowledged all. */
  readonly done: Promise<void>;

  constructor(port: number, count: number) {
    const args = [port, count, DEVICES, SIZE, WINDOW].map(String);
    this.#child = spawn(process.execPath, ['--input-type=module', '-e', PUBLISHER, ...args], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    this.done = once(this.#child.stdout!, 'data').then(() => {});
  }

  stop(): Promise<void> {
    return stopProcess(this.#child);
  }
}
