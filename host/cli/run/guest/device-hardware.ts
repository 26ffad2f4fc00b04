import { type DeviceOptions, FlashFile } from '../../../microvisor/index.js';

/** What a guest reaches besides its broker and its stores. It is plain data, which can go to another thread. */
export interface DeviceHardware {
  /** Hosts for HTTP requests: names, `*.example.com`, `*`. */
  allowedHosts: readonly string[];
  /** Whether HTTP without TLS may go to this machine. */
  plainHttp: boolean;
  /** The file of the external flash; without it there is none. */
  flashFile?: string;
}

/** Bytes of a flash that is made. */
const FLASH_SIZE = 8 * 1024 * 1024;

type Parts = Pick<DeviceOptions, 'http' | 'flash'> & Required<Pick<DeviceOptions, 'behaviour'>> & { close(): void };

/**
 * Opens what a device needs of it.
 * @throws FlashFileError
 */
export function openHardware({ allowedHosts, plainHttp, flashFile }: DeviceHardware): Parts {
  const flash = flashFile === undefined ? undefined : FlashFile.open(flashFile, FLASH_SIZE);
  return {
    http: { allowedHosts },
    behaviour: { plainHttp },
    ...(flash ? { flash } : {}),
    close: () => flash?.close(),
  };
}
