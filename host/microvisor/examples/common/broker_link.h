#ifndef BROKER_LINK_H
#define BROKER_LINK_H

#include <stdbool.h>

#ifdef __cplusplus
extern "C" {
#endif

/** Asks for the network. Returns false, with a line in the log, when the kernel refuses. */
bool broker_link_start(void);

/**
 * Does what there is to do: fetches the configuration, connects, reads answers, and begins again after an end. It never waits: call it
 * after each interrupt and now and then.
 */
void broker_link_step(void);

/**
 * Publishes a text under `sensor/device/ID` with QoS 1. Returns false when it was not taken: the device is offline, or too much is on its
 * way. What was taken is lost when the connection ends before the broker has it.
 */
bool broker_link_publish(const char *text);

#ifdef __cplusplus
}
#endif

#endif
