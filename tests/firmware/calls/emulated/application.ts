import { MvStatus, type SystemCallName } from '../../../../build/abi/microvisor.js';
import type { Rig } from '../../../host/microvisor/rig/rig.js';

/** What the driver prints of a call: its status and, with OKAY, the values that it returned. */
export type Said = (number | string)[];

/** The application under the emulated kernel: its handles, and how it makes a call. The twin of ../driver/words.c. */
export class Application {
  readonly handles = { notifications: 0, network: 0, channel: 0, other: 0 };
  /** Which pointers are NULL: those of parameters, or those in the structures that parameters point to. */
  nullPointers: 'parameters' | 'nested' | undefined;
  readonly #buffers: number[];

  constructor(readonly rig: Rig) {
    this.#buffers = [0, 1, 2, 3].map(() => rig.buffer(8192));
  }

  /** 8,192 bytes, aligned as buffers of channels are. */
  buffer(which: number): number {
    return this.#buffers[which];
  }

  /** What a word of a script means: "-" is no text, "*<n>" is n times x. */
  text(word = ''): string {
    if (word === '-') return '';
    return word.startsWith('*') ? 'x'.repeat(Number(word.slice(1))) : word;
  }

  /** The pointer of a parameter, which may have to be NULL. */
  outer(address: number): number {
    return this.nullPointers === 'parameters' ? 0 : address;
  }

  /** A pointer in a structure, which may have to be NULL. */
  nested(address: number): number {
    return this.nullPointers === 'nested' ? 0 : address;
  }

  /** Overwrites a pointer in a structure if it has to be NULL. */
  nest(address: number): void {
    if (this.nullPointers === 'nested') this.rig.view.setUint32(address, 0, true);
  }

  call(name: SystemCallName, args: number[], values: () => Said = () => []): Said {
    const status = this.rig.call(name, ...args);
    return [status, ...(status === MvStatus.OKAY ? values() : [])];
  }

  /** A call that writes words to the address that is its last parameter. */
  callForWords(name: SystemCallName, args: number[], count: number): Said {
    const out = this.rig.alloc(count * 4);
    return this.call(name, [...args, this.outer(out)], () =>
      Array.from({ length: count }, (_, index) => this.rig.u32(out + index * 4)),
    );
  }

  /** A call whose last parameter points to a handle, which it opens or closes. */
  callForHandle(name: SystemCallName, args: number[], which: keyof Application['handles']): Said {
    const out = this.rig.words(this.handles[which]);
    const said = this.call(name, [...args, this.outer(out)]);
    if (said[0] === MvStatus.OKAY) this.handles[which] = this.rig.u32(out);
    return said;
  }
}

/** A command of a script that makes one call. */
export type CallCommand = (application: Application, words: string[]) => Said;
