/** The longest delay that a timer of Node takes, in milliseconds; a longer one would fire at once. */
export const LONGEST_TIMER = 0x7fff_ffff;
