/* What the device has to know of its broker lies in the cloud: five values, which the application fetches by their keys. */
#include "broker_values.h"

#include <stdlib.h>
#include <string.h>

#include "event_queue.h"
#include "log_line.h"
#include "one_channel.h"

#define ANSWER_TIMEOUT 30000
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
static bool read_text(uint32_t item) {
  enum MvConfigKeyFetchResult result;
  uint32_t length = 0;
  const struct MvConfigResponseReadItemParams params = {
      .item_index = item, .result = &result, .buf = {(uint8_t *)text, TEXT_SIZE - 1, &length}};
  const enum MvStatus status = mvReadConfigResponseItem(channel_handle(), &params);
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
static bool read_der(uint32_t item, struct Der *der) {
  der->length = 0;
  if (!read_text(item)) return false;
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

static bool read_host(char *host) {
  if (!read_text(HOST)) return false;
  const size_t length = strlen(text);
  if (length == 0 || length >= HOST_SIZE) {
    log_line("%s: has to have 1 to %d characters", name_of(HOST), HOST_SIZE - 1);
    return false;
  }
  memcpy(host, text, length + 1);
  return true;
}

static bool read_port(uint16_t *port) {
  if (!read_text(PORT)) return false;
  char *end;
  const unsigned long number = strtoul(text, &end, 10);
  if (end == text || *end != 0 || number == 0 || number > UINT16_MAX) {
    log_line("%s: has to be a number from 1 to 65535", name_of(PORT));
    return false;
  }
  *port = (uint16_t)number;
  return true;
}

static bool ask_and_read(struct BrokerValues *values) {
  const struct MvConfigKeyFetchParams request = {.num_items = KEY_COUNT, .keys_to_fetch = keys};
  struct Event event;
  struct MvConfigResponseData answer;
  if (mvSendConfigFetchRequest(channel_handle(), &request) != MV_STATUS_OKAY ||
      !event_of(channel_tag(), &event, ANSWER_TIMEOUT) || event.type != MV_EVENTTYPE_CHANNELDATAREADABLE ||
      mvReadConfigFetchResponseData(channel_handle(), &answer) != MV_STATUS_OKAY ||
      answer.result != MV_CONFIGFETCHRESULT_OK) {
    log_line("the configuration could not be fetched");
    return false;
  }
  return read_host(values->host) && read_port(&values->port) && read_der(ROOT_CA, &values->root_ca) &&
         read_der(CERTIFICATE, &values->certificate) && read_der(PRIVATE_KEY, &values->private_key);
}

bool broker_values_fetch(MvNetworkHandle network, struct BrokerValues *values) {
  if (!channel_open(MV_CHANNELTYPE_CONFIGFETCH, network)) return false;
  const bool is_whole = ask_and_read(values);
  memset(text, 0, sizeof text); /* the key was in it */
  channel_close();
  return is_whole;
}

uint32_t split_certificates(const struct Der *der, struct MvSizedString *certificates) {
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
