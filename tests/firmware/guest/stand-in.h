/* A stand-in for the secure side of Microvisor. stand-in.ts generates its calls from the description of the interface. */
#ifndef STAND_IN_H
#define STAND_IN_H

#include <stdint.h>

/** From now on this call returns that status, and all others return OKAY. */
void stand_in_tell(const char *name, int status);

/** Resets the stand-in. */
void stand_in_forget(void);

/** The last buffer that was passed for the kernel to write to. */
extern uint8_t *stand_in_buffer;

#endif
