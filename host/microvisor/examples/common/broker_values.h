#ifndef BROKER_VALUES_H
#define BROKER_VALUES_H

#include <stdbool.h>

#include "stm32u5xx_hal.h"

#define HOST_SIZE 128
#define DER_SIZE 2048

/** Bytes of DER: a key, or certificates one after the other. */
struct Der {
  uint8_t bytes[DER_SIZE];
  uint32_t length;
};

/** Where the broker is, and what the device and the broker prove themselves with. */
struct BrokerValues {
  char host[HOST_SIZE];
  uint16_t port;
  struct Der root_ca;
  struct Der certificate;
  struct Der private_key;
};

/** Asks the cloud for the values, over a channel for configurations. Returns false, with a line in the log, when the kernel refuses. */
bool broker_values_ask(MvChannelHandle channel);

/** Reads the answer, once it is there. Returns false, with a line in the log, when a value is missing or wrong. */
bool broker_values_read(MvChannelHandle channel, struct BrokerValues *values);

#endif
