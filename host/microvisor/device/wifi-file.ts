import { mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import type { WifiMedium, WifiSettings } from '../calls/hardware/wifi-medium.js';

/** Bytes of an SSID at most (IEEE 802.11). */
const LONGEST_SSID = 32;

/**
 * The settings of Wi-Fi of one device in a file: a JSON object with the SSID in hex, since it need not be text. The file is made when
 * something is set; one that is damaged is as none.
 *
 * @example
 * ```ts
 * import { WifiFile, type WifiMedium } from 'wasmqtt/microvisor';
 *
 * const wifi: WifiMedium = new WifiFile('wifi.json');
 * wifi.write({ ssid: Buffer.from('plant'), hasPassword: true });
 * new WifiFile('wifi.json').read()?.hasPassword; // => true
 * ```
 */
export class WifiFile implements WifiMedium {
  readonly #path: string;

  constructor(path: string) {
    this.#path = path;
  }

  read(): WifiSettings | undefined {
    try {
      const { ssid, hasPassword } = JSON.parse(readFileSync(this.#path, 'utf8'));
      const bytes = Uint8Array.from(Buffer.from(ssid, 'hex'));
      if (bytes.length > LONGEST_SSID || typeof hasPassword !== 'boolean') return undefined;
      return { ssid: bytes, hasPassword };
    } catch {
      return undefined;
    }
  }

  write(settings: WifiSettings | undefined): void {
    if (!settings) {
      rmSync(this.#path, { force: true });
      return;
    }
    mkdirSync(dirname(this.#path), { recursive: true });
    const unfinished = `${this.#path}.${process.pid}`;
    const text = JSON.stringify({
      ssid: Buffer.from(settings.ssid).toString('hex'),
      hasPassword: settings.hasPassword,
    });
    writeFileSync(unfinished, `${text}\n`, { mode: 0o600 });
    renameSync(unfinished, this.#path);
  }
}
