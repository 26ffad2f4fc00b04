import type { GuestFile } from '../guest-file.js';
import type { GuestSettings } from '../running-device.js';

/** What a process of devices begins with: its first message. */
export interface ChildStart {
  file: GuestFile;
  settings: GuestSettings;
  deviceSids: string[];
  /** Milliseconds; see `loadDevices`. */
  watchdog: number | undefined;
}
