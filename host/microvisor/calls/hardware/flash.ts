import {
  MvExternalFlashInfoLayout,
  MvStatus,
  readMvExternalFlashInfo,
  writeMvExternalFlashInfo,
} from '../../../../build/abi/microvisor.js';
import type { FamilyFactory } from '../../kernel/family.js';
import type { HandleKind } from '../../kernel/handles.js';
import type { FlashMedium } from './flash-medium.js';

const { OKAY, PARAMETERFAULT, INVALIDHANDLE, UNAVAILABLE, ADDRESSOUTOFRANGE } = MvStatus;

/** A handle is only a reference: all see the same bytes. */
const FLASH: HandleKind<true> = { name: 'flash' };
/** Bytes that are erased together; also what is read or written at a time. */
const SECTOR = 4096;
const ERASED = new Uint8Array(SECTOR).fill(0xff);
/** The JEDEC identity that MvExternalFlashInfo gets: Winbond, W25Q64. */
const CHIP_ID = 0x0017_40ef;

/**
 * The six calls for external flash. It is NOR: erasing sets bits, in sectors of 4,096 bytes, and writing only clears them. Without
 * a medium there is no chip, and every call is UNAVAILABLE; so it is when the medium fails.
 */
export function flashCalls(medium: FlashMedium | undefined): FamilyFactory {
  return (kernel) => {
    const { memory, handles, limits } = kernel;

    /** Handle and range of a call, checked; then the work, in pieces of at most a sector. */
    const eachPiece = (
      handle: number,
      address: number,
      length: number,
      work: (chip: FlashMedium, at: number, size: number) => void,
    ) => {
      if (!medium) return UNAVAILABLE;
      if (!handles.find(FLASH, handle)) return INVALIDHANDLE;
      if (address + length > medium.size) return ADDRESSOUTOFRANGE;
      try {
        for (let done = 0; done < length; done += SECTOR) {
          work(medium, address + done, Math.min(SECTOR, length - done));
        }
        return OKAY;
      } catch (error) {
        kernel.emit({ event: 'flashFailed', detail: (error as Error).message });
        return UNAVAILABLE;
      }
    };

    return {
      calls: {
        mvExternalFlashOpen: (out) => {
          if (kernel.inInterrupt || !medium) return UNAVAILABLE;
          if (!memory.holds(out, 4, 4)) return PARAMETERFAULT;
          if (handles.count(FLASH) >= limits.flashHandles) return MvStatus.TOOMANYCHANNELS;
          memory.view.setUint32(out, handles.open(FLASH, true), true);
          return OKAY;
        },
        mvExternalFlashClose: (address) => {
          if (kernel.inInterrupt) return UNAVAILABLE;
          // The call has no status of its own for a bad pointer.
          if (!memory.holds(address, 4, 4)) return INVALIDHANDLE;
          const handle = memory.view.getUint32(address, true);
          if (!handles.find(FLASH, handle)) return INVALIDHANDLE;
          handles.close(handle);
          memory.view.setUint32(address, 0, true);
          return OKAY;
        },
        mvExternalFlashReadBlocking: (handle, address, length, buffer) => {
          if (kernel.inInterrupt) return UNAVAILABLE;
          const holds = memory.holdsBytes(buffer, length);
          const status = eachPiece(handle, address, holds ? length : 0, (chip, at, size) => {
            const piece = new Uint8Array(size);
            chip.read(at, piece);
            memory.write(buffer + at - address, piece);
          });
          return status === OKAY && !holds ? PARAMETERFAULT : status;
        },
        mvExternalFlashEraseBlocking: (handle, address, length) => {
          if (kernel.inInterrupt) return UNAVAILABLE;
          const aligned = address % SECTOR === 0 && length % SECTOR === 0;
          const status = eachPiece(handle, address, aligned ? length : 0, (chip, at) => chip.write(at, ERASED));
          return status === OKAY && !aligned ? MvStatus.INVALIDBUFFERALIGNMENT : status;
        },
        mvExternalFlashWriteBlocking: (handle, address, length, buffer) => {
          if (kernel.inInterrupt) return UNAVAILABLE;
          const holds = memory.holdsBytes(buffer, length);
          const status = eachPiece(handle, address, holds ? length : 0, (chip, at, size) => {
            const piece = new Uint8Array(size);
            chip.read(at, piece);
            const source = buffer + at - address;
            for (let index = 0; index < size; index++) piece[index] &= memory.view.getUint8(source + index);
            chip.write(at, piece);
          });
          return status === OKAY && !holds ? PARAMETERFAULT : status;
        },
        mvExternalFlashGetInfo: (handle, address) => {
          if (kernel.inInterrupt || !medium) return UNAVAILABLE;
          if (!memory.holds(address, MvExternalFlashInfoLayout.SIZE, 4)) return PARAMETERFAULT;
          if (!handles.find(FLASH, handle)) return INVALIDHANDLE;
          const { version } = readMvExternalFlashInfo(memory.view, address);
          if (version !== 1) return MvStatus.UNSUPPORTEDSTRUCTUREVERSION;
          const numHandles = handles.count(FLASH);
          writeMvExternalFlashInfo(memory.view, address, { version, chipId: CHIP_ID, size: medium.size, numHandles });
          return OKAY;
        },
      },
    };
  };
}
