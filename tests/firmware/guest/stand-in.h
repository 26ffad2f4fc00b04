/* A stand-in for the secure side of Microvisor; its calls are made by stand-in.ts from the description of the interface. */
#ifndef STAND_IN_H
#define STAND_IN_H

#include <stdint.h>

/** This call gives that status from now on; all others give OKAY. */
void stand_in_tell(const char *name, int status);

/** As it was at first. */
void stand_in_forget(void);

/** The buffer that was given last for the kernel to write to. */
extern uint8_t *stand_in_buffer;

#endif
