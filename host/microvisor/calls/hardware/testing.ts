import { MvStatus, MvWakeReason } from '../../../../build/abi/microvisor.js';
import type { FamilyFactory } from '../../kernel/family.js';
import type { Range } from '../../kernel/guest-memory.js';

const { OKAY, PARAMETERFAULT, INVALIDBUFFERSIZE, INVALIDBUFFERALIGNMENT, UNAVAILABLE } = MvStatus;

/** mvTestingComplete, mvTestLoggingInit and mvTestLog, which are served inside the factory's test environment alone. */
export const testingCalls: FamilyFactory = (kernel) => {
  const { memory, limits, behaviour, lifecycle } = kernel;
  const decoder = new TextDecoder();
  let buffer: Range | undefined;
  return {
    buffers: () => (buffer ? [buffer] : []),
    restart: () => {
      buffer = undefined;
    },
    calls: {
      mvTestingComplete: (status) => {
        if (!behaviour.factory) return UNAVAILABLE;
        kernel.emit({ event: 'testingComplete', status });
        // The final application takes over after a success, if the host has one.
        const at = status === 0 && lifecycle.updateWaits ? kernel.now() : undefined;
        lifecycle.end({ at, wakeReason: MvWakeReason.APPLICATIONUPDATE, device: false });
        return OKAY;
      },
      mvTestLoggingInit: (address, size) => {
        if (!behaviour.factory) return UNAVAILABLE;
        if (!memory.holds(address, size)) return PARAMETERFAULT;
        if (address % limits.bufferUnit !== 0) return INVALIDBUFFERALIGNMENT;
        if (size === 0 || size % limits.bufferUnit !== 0) return INVALIDBUFFERSIZE;
        buffer = { address, size };
        return OKAY;
      },
      mvTestLog: (address, words) => {
        const length = words & 0xffff;
        if (!behaviour.factory || !buffer) return UNAVAILABLE;
        if (!memory.holdsBytes(address, length)) return PARAMETERFAULT;
        if (length > limits.testLogBytes) return MvStatus.LOGMESSAGETOOLONG;
        if (length > buffer.size || !kernel.logging.admit(length)) return INVALIDBUFFERSIZE;
        kernel.logging.write(decoder.decode(memory.copy(address, length)));
        return OKAY;
      },
    },
  };
};
