import { Abi } from '../../build/abi/assembly';

export { utf8_check } from './utf8';
export { utf8_to_utf16 } from './utf16';

/** ABI: see assembly/abi/memory.json. */
export function abi_version(): i32 {
  return Abi.VERSION;
}

/** ABI: see assembly/abi/memory.json. */
export function heap_base(): i32 {
  return <i32>__heap_base;
}

/** ABI: see assembly/abi/memory.json. */
export function memory_wipe(address: usize, length: u32): i32 {
  memory.fill(address, 0, length);
  return 0;
}
