import { PAGE, type WasmMemory } from '../module/webassembly.js';

/** Where the stacks of coroutines lie. Addresses and sizes are multiples of 16. */
export interface StackArena {
  /** @throws RangeError when there is no room for so many bytes */
  take(size: number): number;
  /** Takes back what `take` gave. */
  give(address: number, size: number): void;
}

const noRoom = (size: number) => new RangeError(`the guest has no room for a stack of ${size} bytes`);

/**
 * Stacks that the guest's own allocator gives. An allocator takes all memory that there is when it is first called: what
 * the host had grown the memory by would be given away twice.
 */
export function allocatedStacks(malloc: (size: number) => number, free: (address: number) => void): StackArena {
  return {
    take(size) {
      const address = malloc(size);
      if (address === 0) throw noRoom(size);
      return address;
    },
    give: (address) => free(address),
  };
}

interface Block {
  address: number;
  size: number;
}

/** Stacks in memory that is grown for them, in a guest without an allocator. */
export function grownStacks(memory: WasmMemory): StackArena {
  const free: Block[] = [];
  const give = (address: number, size: number) => {
    const before = free.find((block) => block.address + block.size === address);
    if (before) before.size += size;
    else free.push({ address, size });
  };
  const grow = (size: number): Block => {
    const pages = Math.ceil(size / PAGE);
    try {
      return { address: memory.grow(pages) * PAGE, size: pages * PAGE };
    } catch {
      throw noRoom(size);
    }
  };
  return {
    give,
    take(size) {
      const fits = free.findIndex((block) => block.size >= size);
      const block = fits < 0 ? grow(size) : free.splice(fits, 1)[0];
      if (block.size > size) give(block.address + size, block.size - size);
      return block.address;
    },
  };
}
