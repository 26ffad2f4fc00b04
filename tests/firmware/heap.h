/* The heap of the C library with a limit, linked in its place by -Wl,--wrap. */
#ifndef HEAP_H
#define HEAP_H

/** From now on so many blocks are given, then none. */
void heap_limit(long blocks);
/** Blocks that are in use. */
long heap_live(void);

#endif
