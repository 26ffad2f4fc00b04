import type { RtosContext } from '../rtos-context.js';

/** The first two fields of every os...Attr_t. */
const NAME = 0;
const BITS = 4;

/** The address of the name in attributes, 0 when there are none. */
export const nameOfAttr = ({ host }: RtosContext, attr: number): number =>
  attr === 0 ? 0 : host.memory.readWord(attr + NAME);

/** `attr_bits`, 0 when there are no attributes. */
export const bitsOfAttr = ({ host }: RtosContext, attr: number): number =>
  attr === 0 ? 0 : host.memory.readWord(attr + BITS);
