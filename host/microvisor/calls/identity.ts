import { MvStatus } from '../../../build/abi/microvisor.js';
import { DEVICE_ID_BYTES } from '../kernel/device-id.js';
import type { Family } from '../kernel/family.js';
import type { Services } from '../kernel/services.js';
import { refuse } from '../kernel/statuses.js';

/** mvNoOp and mvGetDeviceId. */
export function identityCalls({ memory, deviceId }: Pick<Services, 'memory' | 'deviceId'>): Family {
  return {
    calls: {
      mvNoOp: () => {},
      mvGetDeviceId: (buffer, length) => {
        if (length !== DEVICE_ID_BYTES) refuse(MvStatus.INVALIDBUFFERSIZE);
        memory.check(buffer, length);
        memory.write(buffer, new TextEncoder().encode(deviceId));
      },
    },
  };
}
