#ifndef BROKER_VALUES_H
#define BROKER_VALUES_H

#include <stdbool.h>

#include "stm32u5xx_hal.h"

#define HOST_SIZE 128
#define DER_SIZE 2048
/** The most certificates that a chain may have. */
#define CHAIN_SIZE 8

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

/** Fetches the values from the stores of the cloud. Returns false, with a line in the log, when one is missing or wrong. */
bool broker_values_fetch(MvNetworkHandle network, struct BrokerValues *values);

/** Finds the certificates in `der`, at most CHAIN_SIZE. Returns how many. */
uint32_t split_certificates(const struct Der *der, struct MvSizedString *certificates);

#endif
