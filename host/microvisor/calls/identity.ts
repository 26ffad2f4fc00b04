import { MvStatus } from '../../../build/abi/microvisor.js';
import { DEVICE_ID_BYTES } from '../kernel/device-id.js';
import type { Family } from '../kernel/family.js';
import type { Services } from '../kernel/services.js';

const { OKAY, PARAMETERFAULT, INVALIDBUFFERSIZE } = MvStatus;

/** mvNoOp and mvGetDeviceId. */
export function identityCalls({ memory, deviceId }: Pick<Services, 'memory' | 'deviceId'>): Family {
  const bytes = new TextEncoder().encode(deviceId);
  return {
    calls: {
      mvNoOp: () => OKAY,
      mvGetDeviceId: (buffer, length) => {
        if (length !== DEVICE_ID_BYTES) return INVALIDBUFFERSIZE;
        if (!memory.holds(buffer, length)) return PARAMETERFAULT;
        memory.write(buffer, bytes);
        return OKAY;
      },
    },
  };
}
