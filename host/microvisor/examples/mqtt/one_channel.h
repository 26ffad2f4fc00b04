#ifndef ONE_CHANNEL_H
#define ONE_CHANNEL_H

#include <stdbool.h>

#include "stm32u5xx_hal.h"

/** What is received must fit in: all values of the configuration together, or a message. A multiple of 512 bytes. */
#define RECEIVE_SIZE 16384

/** Opens a channel; the one before must be closed. Returns false, with a line in the log, when the kernel refuses. */
bool channel_open(enum MvChannelType type, MvNetworkHandle network);

/** The handle, for the calls. */
MvChannelHandle channel_handle(void);

/** The tag of its events. */
uint32_t channel_tag(void);

/** Closes it, if it is open. */
void channel_close(void);

#endif
