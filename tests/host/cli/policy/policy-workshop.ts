import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Command } from '../../../interop/command.js';
import { temporaryFolder } from '../../../interop/temporary.js';

/** The policy of the document about AWS IoT, as it stands there. */
export const DOCUMENT = readFileSync(join(import.meta.dirname, '../../../interop/fixtures/aws-policy.json'), 'utf8');
export const ACCOUNT = '123456789012';

/** A run of the document's application. */
export const TRACE = [
  { event: 'connected', clientId: 'UV1' },
  { event: 'subscribed', topic: 'command/device/UV1', reasonCode: 1 },
  { event: 'subscribed', topic: 'command/device/all', reasonCode: 1 },
  { event: 'published', topic: 'sensor/device/UV1', payload: '1', qos: 1 },
  { event: 'published', topic: 'sensor/device/UV1', payload: '2', qos: 1 },
  { event: 'message', topic: 'command/device/all', payload: '', qos: 1, retain: false },
];

export const lines = (...events: object[]) => events.map((event) => JSON.stringify(event)).join('\n');

/** A folder with the document's policy, untouched and with an account put in, in which `wasmqtt policy` is run. */
export class PolicyWorkshop {
  readonly #temporary = temporaryFolder();

  constructor() {
    this.write('device.json', DOCUMENT.replaceAll('--ID--', ACCOUNT));
    this.write('untouched.json', DOCUMENT);
  }

  write(name: string, content: string | Uint8Array | object): void {
    const isRaw = typeof content === 'string' || content instanceof Uint8Array;
    writeFileSync(join(this.#temporary.folder, name), isRaw ? content : JSON.stringify(content));
  }

  async policy(...line: string[]) {
    const command = new Command(['policy', ...line], {}, this.#temporary.folder);
    const { code, stdout, stderr } = await command.ended;
    return { code, stdout, stderr, events: line.includes('--json') ? command.events : [] };
  }

  remove(): void {
    this.#temporary.remove();
  }
}
