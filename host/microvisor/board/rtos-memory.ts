import { GuestFault } from '../guest/coroutine.js';
import type { GuestMemory } from '../kernel/guest-memory.js';
import type { RtosMemory } from './rtos/rtos-ports.js';

/** The memory of a guest as its RTOS uses it: a pointer that leads out of it ends the guest. */
export function rtosMemory(memory: GuestMemory): RtosMemory {
  const check = (address: number, size: number) => {
    const start = address >>> 0;
    if (size > 0 && !memory.holds(start, size)) {
      throw new GuestFault(
        `a call was given the address 0x${start.toString(16)}, where the guest has no ${size} bytes`,
      );
    }
    return start;
  };
  return {
    copy: (address, size) => memory.copy(check(address, size), size) ?? new Uint8Array(0),
    write: (address, bytes) => memory.write(check(address, bytes.length), bytes),
    readWord: (address) => memory.view.getUint32(check(address, 4), true),
    writeWord: (address, value) => memory.view.setUint32(check(address, 4), value, true),
    text: (address, limit) => {
      const start = check(address, 1);
      const bytes = new Uint8Array(memory.view.buffer).subarray(start, start + limit);
      const end = bytes.indexOf(0);
      return new TextDecoder().decode(bytes.slice(0, end < 0 ? bytes.length : end));
    },
  };
}
