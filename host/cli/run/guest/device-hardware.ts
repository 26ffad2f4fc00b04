import { join } from 'node:path';
import { type DeviceOptions, FlashFile, WifiFile } from '../../../microvisor/index.js';

/** What a guest reaches besides its broker and its stores. It is plain data, which can go to another thread. */
export interface DeviceHardware {
  /** Hosts for HTTP requests: names, `*.example.com`, `*`. */
  allowedHosts: readonly string[];
  /** Whether HTTP without TLS may go to this machine. */
  plainHttp: boolean;
  /** CA certificates for HTTPS beside the Mozilla roots, PEM. */
  httpCas: readonly string[];
  /** The folder of the settings of Wi-Fi, which has a file for each device that has set them. */
  wifiFolder: string;
  /** The file of the external flash; without it there is none. */
  flashFile?: string;
}

/** Bytes of a flash that is made. */
const FLASH_SIZE = 8 * 1024 * 1024;

type Parts = Pick<DeviceOptions, 'http' | 'flash' | 'wifi'> &
  Required<Pick<DeviceOptions, 'behaviour'>> & { close(): void };

/**
 * Opens what a device needs of it.
 * @throws FlashFileError
 */
export function openHardware(hardware: DeviceHardware, deviceSid: string): Parts {
  const { allowedHosts, plainHttp, httpCas, wifiFolder, flashFile } = hardware;
  const flash = flashFile === undefined ? undefined : FlashFile.open(flashFile, FLASH_SIZE);
  return {
    http: { allowedHosts, ca: httpCas },
    wifi: new WifiFile(join(wifiFolder, `${deviceSid}.json`)),
    behaviour: { plainHttp },
    ...(flash ? { flash } : {}),
    close: () => flash?.close(),
  };
}
