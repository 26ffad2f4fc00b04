import { MvStatus } from '../../../../build/abi/microvisor.js';
import type { Family } from '../../kernel/family.js';
import type { Services } from '../../kernel/services.js';
import { RccRegisters } from './rcc-registers.js';

const { OKAY, PERIPHERALACCESSFAULT } = MvStatus;

/** mvPeriphPeek32 and mvPeriphPoke32, for the registers of the clock control. */
export function peripheralCalls({ memory }: Pick<Services, 'memory'>): Family {
  const registers = new RccRegisters();
  return {
    restart: () => registers.reset(),
    calls: {
      mvPeriphPeek32: (address, out) => {
        const value = registers.read(address);
        // The call has no status of its own for a bad pointer.
        if (value === undefined || !memory.holds(out, 4, 4)) return PERIPHERALACCESSFAULT;
        memory.view.setUint32(out, value, true);
        return OKAY;
      },
      mvPeriphPoke32: (address, mask, inverted) =>
        registers.change(address, mask, inverted) ? OKAY : PERIPHERALACCESSFAULT,
    },
  };
}
