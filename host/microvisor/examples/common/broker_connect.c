#include "broker_connect.h"

#include <string.h>

#include "log_line.h"

#define KEEP_ALIVE 60
/* The most certificates that a chain may have. */
#define CHAIN_SIZE 8

/* Finds the certificates in `der`. Returns how many. */
static uint32_t split_certificates(const struct Der *der, struct MvSizedString *certificates) {
  uint32_t count = 0;
  for (uint32_t at = 0; at + 4 <= der->length && count < CHAIN_SIZE;) {
    const uint8_t *start = der->bytes + at;
    /* A certificate is a SEQUENCE, and longer than 255 bytes: tag, "two bytes of length follow", length. */
    if (start[0] != 0x30 || start[1] != 0x82) break;
    const uint32_t length = 4 + ((uint32_t)start[2] << 8 | start[3]);
    if (length > der->length - at) break;
    certificates[count++] = (struct MvSizedString){start, length};
    at += length;
  }
  return count;
}

bool broker_connect(MvChannelHandle channel, const struct BrokerValues *values, const char *device_id) {
  struct MvSizedString roots[CHAIN_SIZE];
  struct MvSizedString chain[CHAIN_SIZE];
  const struct MvTlsCredentials credentials = {
      /* Whom we trust to name brokers. */
      .cacert = {split_certificates(&values->root_ca, roots), roots},
      /* Who we are; the key never leaves the device. */
      .clientcert = {.chain = {split_certificates(&values->certificate, chain), chain},
                     .key = {values->private_key.bytes, values->private_key.length}}};
  const struct MvMqttConnectRequest request = {
      .protocol_version = MV_MQTTPROTOCOLVERSION_V5,
      .host = {(const uint8_t *)values->host, strlen(values->host)},
      .port = values->port,
      .clientid = {(const uint8_t *)device_id, DEVICE_ID_SIZE},
      .authentication = {.method = MV_MQTTAUTHENTICATIONMETHOD_NONE},
      .tls_credentials = &credentials,
      .keepalive = KEEP_ALIVE,
      .clean_start = 1};
  log_line("connecting to %s:%u", values->host, values->port);
  const enum MvStatus status = mvMqttRequestConnect(channel, &request);
  if (status != MV_STATUS_OKAY) log_line("the kernel refuses to connect (%d)", (int)status);
  return status == MV_STATUS_OKAY;
}
