/* The heap of the C library with a limit and a measure, linked in its place by -Wl,--wrap. */
#ifndef HEAP_H
#define HEAP_H

/** From now on so many blocks are given, then none. */
void heap_limit(long blocks);
/** Blocks that are in use. */
long heap_live(void);
/** The most bytes that were ever in use since heap_reset(), with the word that the C library keeps before each block. */
long heap_peak(void);
void heap_reset(void);

#endif
