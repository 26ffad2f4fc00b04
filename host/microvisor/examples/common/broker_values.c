/* What the device has to know of its broker lies in the cloud: five values, which the application fetches by their keys. */
#include "broker_values.h"

#include <stdlib.h>
#include <string.h>

#include "log_line.h"

/* A value has at most 4096 characters. */
#define TEXT_SIZE 4097

enum { HOST, PORT, ROOT_CA, CERTIFICATE, PRIVATE_KEY, KEY_COUNT };

#define KEY(name, in_store)                                                         \
  {                                                                                 \
    .scope = MV_CONFIGKEYFETCHSCOPE_DEVICE, .store = MV_CONFIGKEYFETCHSTORE_##in_store, \
    .key = {(const uint8_t *)name, sizeof name - 1}                                 \
  }

static const struct MvConfigKeyToFetch keys[KEY_COUNT] = {
    [HOST] = KEY("broker-host", CONFIG),
    [PORT] = KEY("broker-port", CONFIG),
    [ROOT_CA] = KEY("root-CA", CONFIG),
    [CERTIFICATE] = KEY("cert", CONFIG),
    [PRIVATE_KEY] = KEY("private_key", SECRET),
};

static char text[TEXT_SIZE];

static const char *name_of(uint32_t item) { return (const char *)keys[item].key.data; }

/* Reads an item of the answer into `text`. */
static bool read_text(MvChannelHandle channel, uint32_t item) {
  enum MvConfigKeyFetchResult result;
  uint32_t length = 0;
  const struct MvConfigResponseReadItemParams params = {
      .item_index = item, .result = &result, .buf = {(uint8_t *)text, TEXT_SIZE - 1, &length}};
  const enum MvStatus status = mvReadConfigResponseItem(channel, &params);
  if (status != MV_STATUS_OKAY || result != MV_CONFIGKEYFETCHRESULT_OK) {
    log_line("%s: not found in the store of the device (status %d, result %d)", name_of(item), (int)status,
             status == MV_STATUS_OKAY ? (int)result : -1);
    return false;
  }
  text[length] = 0;
  return true;
}

static int digit_of(char character) {
  if (character >= '0' && character <= '9') return character - '0';
  if (character >= 'a' && character <= 'f') return character - 'a' + 10;
  if (character >= 'A' && character <= 'F') return character - 'A' + 10;
  return -1;
}

/* Certificates and keys are stored as hex digits of their DER. */
static bool read_der(MvChannelHandle channel, uint32_t item, struct Der *der) {
  der->length = 0;
  if (!read_text(channel, item)) return false;
  const size_t characters = strlen(text);
  for (size_t at = 0; at + 1 < characters && der->length < DER_SIZE; at += 2) {
    const int high = digit_of(text[at]);
    const int low = digit_of(text[at + 1]);
    if (high < 0 || low < 0) break;
    der->bytes[der->length++] = (uint8_t)(high << 4 | low);
  }
  if (characters > 0 && der->length * 2 == characters) return true;
  log_line("%s: has to be DER as hex digits, up to %d bytes", name_of(item), DER_SIZE);
  return false;
}

static bool read_host(MvChannelHandle channel, char *host) {
  if (!read_text(channel, HOST)) return false;
  const size_t length = strlen(text);
  if (length == 0 || length >= HOST_SIZE) {
    log_line("%s: has to have 1 to %d characters", name_of(HOST), HOST_SIZE - 1);
    return false;
  }
  memcpy(host, text, length + 1);
  return true;
}

static bool read_port(MvChannelHandle channel, uint16_t *port) {
  if (!read_text(channel, PORT)) return false;
  char *end;
  const unsigned long number = strtoul(text, &end, 10);
  if (end == text || *end != 0 || number == 0 || number > UINT16_MAX) {
    log_line("%s: has to be a number from 1 to 65535", name_of(PORT));
    return false;
  }
  *port = (uint16_t)number;
  return true;
}

bool broker_values_ask(MvChannelHandle channel) {
  const struct MvConfigKeyFetchParams request = {.num_items = KEY_COUNT, .keys_to_fetch = keys};
  const enum MvStatus status = mvSendConfigFetchRequest(channel, &request);
  if (status != MV_STATUS_OKAY) log_line("the configuration cannot be asked for (status %d)", (int)status);
  return status == MV_STATUS_OKAY;
}

bool broker_values_read(MvChannelHandle channel, struct BrokerValues *values) {
  struct MvConfigResponseData answer;
  if (mvReadConfigFetchResponseData(channel, &answer) != MV_STATUS_OKAY || answer.result != MV_CONFIGFETCHRESULT_OK) {
    log_line("the configuration could not be fetched");
    return false;
  }
  const bool is_whole = read_host(channel, values->host) && read_port(channel, &values->port) &&
                        read_der(channel, ROOT_CA, &values->root_ca) &&
                        read_der(channel, CERTIFICATE, &values->certificate) &&
                        read_der(channel, PRIVATE_KEY, &values->private_key);
  memset(text, 0, sizeof text); /* the key was in it */
  return is_whole;
}
