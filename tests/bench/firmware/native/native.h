/*
 * The yardstick: some functions of the core in plain C, as they are written by hand for a device, with the same checks, results
 * and records. Addresses are pointers, so this is only for targets whose pointers have 32 bits.
 */
#ifndef NATIVE_H
#define NATIVE_H

#include "wasmqtt.h"

/** Type, rule and packets of each property, as the core's own table has them. */
extern const uint32_t native_properties[43];

int32_t native_abi_version(void);
int32_t native_hex_decode(const uint8_t *input, uint32_t length, uint8_t *output, uint32_t capacity, uint32_t *error_offset);
int32_t native_hex_encode(const uint8_t *input, uint32_t length, uint8_t *output, uint32_t capacity);
int32_t native_utf8_check(const uint8_t *input, uint32_t length, uint32_t *error_offset);
int32_t native_topic_match(const uint8_t *filter, uint32_t filter_length, const uint8_t *topic, uint32_t topic_length);
int32_t native_property_read(const uint8_t *input, uint32_t length, wq_property *property);
/** PUBLISH and CONNECT, without DecodeOption.HEADER. */
int32_t native_decode(const uint8_t *input, uint32_t length, int32_t option, uint32_t maximum, wq_packet *packet);
/** PUBLISH. */
int32_t native_encode(wq_packet *packet, uint8_t *output, uint32_t capacity);
/** PUBLISH. */
int32_t native_session_receive(wq_session *session, wq_packet *packet, uint32_t now, uint8_t *output, uint32_t capacity);

/** What native_scan() learns about a text. */
typedef struct native_text {
  const uint8_t *wildcard; /* the first one, or NULL */
  int is_ascii;
} native_text;
/** native_scan returns the first byte that is not UTF-8 as MQTT 1.5.4 requires it, or `end`. */
const uint8_t *native_scan(const uint8_t *at, const uint8_t *end, native_text *text);

#endif
