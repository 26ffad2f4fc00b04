import { MvStatus } from '../../../build/abi/microvisor.js';
import type { Kernel } from '../kernel/kernel.js';
import { type Calls, refuse } from '../kernel/statuses.js';

/** `UV` and 32 hex digits, as mvGetDeviceId gives it without a terminating NUL. */
export const DEVICE_ID = /^UV[0-9a-fA-F]{32}$/;
const DEVICE_ID_BYTES = 34;

/** mvNoOp and mvGetDeviceId. */
export function identityCalls(kernel: Kernel): Calls {
  return {
    mvNoOp: () => {},
    mvGetDeviceId: (buffer, length) => {
      if (length !== DEVICE_ID_BYTES) refuse(MvStatus.INVALIDBUFFERSIZE);
      kernel.memory.check(buffer, length);
      kernel.memory.write(buffer, new TextEncoder().encode(kernel.deviceId));
    },
  };
}
