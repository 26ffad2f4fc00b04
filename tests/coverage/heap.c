/* In the place of tests/firmware/heap.c: a heap without a limit, since what counts lines needs one when the program ends. */
#include "heap.h"

void heap_limit(long blocks) { (void)blocks; }
long heap_live(void) { return 0; }
