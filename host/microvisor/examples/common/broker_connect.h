#ifndef BROKER_CONNECT_H
#define BROKER_CONNECT_H

#include "broker_values.h"

/** The device id, without an end character. */
#define DEVICE_ID_SIZE 34

/**
 * Begins to connect by MQTT 5 over mutual TLS, over a channel for MQTT; the device id is the client identifier. Returns false, with a
 * line in the log, when the kernel refuses.
 */
bool broker_connect(MvChannelHandle channel, const struct BrokerValues *values, const char *device_id);

#endif
