#ifndef MQTT_SESSION_H
#define MQTT_SESSION_H

#include <stdbool.h>

#include "broker_values.h"

/**
 * Connects with mutual TLS, subscribes, publishes readings and takes commands until the connection ends. Returns whether there was a
 * connection, so that the caller can tell a broker that went away from one that does not let us in.
 */
bool mqtt_session(MvNetworkHandle network, const struct BrokerValues *values, const char *device_id);

#endif
