/* The heap of the C library with a limit and counters, linked in its place by -Wl,--wrap. */
#ifndef HEAP_H
#define HEAP_H

/** From now on so many blocks can be allocated, then none. */
void heap_limit(long blocks);
/** The number of blocks in use. */
long heap_live(void);
/** The largest number of bytes in use since heap_reset(), with the word that the C library keeps before each block. */
long heap_peak(void);
void heap_reset(void);

#endif
