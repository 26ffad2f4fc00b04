/** What a device keeps of mvSetWifiConfig. The password cannot be read back, and nothing here joins a network: it is not kept. */
export interface WifiSettings {
  /** 0 to 32 bytes. */
  ssid: Uint8Array;
  hasPassword: boolean;
}

/** What keeps the settings of Wi-Fi, over restarts and updates. */
export interface WifiMedium {
  /** @returns undefined when nothing is stored */
  read(): WifiSettings | undefined;
  /** Replaces what is stored; undefined clears it. @throws Error when it cannot be kept */
  write(settings: WifiSettings | undefined): void;
}

/**
 * Settings in memory, which go with it.
 *
 * @example
 * ```ts
 * import { WifiMemory, type WifiSettings } from 'wasmqtt/microvisor';
 *
 * const settings: WifiSettings = { ssid: Buffer.from('plant'), hasPassword: false };
 * const wifi = new WifiMemory();
 * wifi.read(); // => undefined
 * wifi.write(settings);
 * wifi.read() === settings; // => true
 * ```
 */
export class WifiMemory implements WifiMedium {
  #settings: WifiSettings | undefined;

  read(): WifiSettings | undefined {
    return this.#settings;
  }

  write(settings: WifiSettings | undefined): void {
    this.#settings = settings;
  }
}
