/* What targets that deal with control packets share. */
#ifndef FUZZ_PACKETS_H
#define FUZZ_PACKETS_H

#include "rig.h"

/** The largest packet that the protocol knows (1.5.5). */
#define PACKET_MOST 268435460u
/** The bound of a decoder for this many bytes, in turns of loops. */
#define DECODE_WORK(length) (4 * (length) + 16)
/** The same for an encoder and the bytes in the views of its record. */
#define ENCODE_WORK(length) (4 * (length) + 16)

/** A view of the record Packet: an address with its length after it. */
typedef struct {
  wq_ptr at;
  uint32_t length;
} packet_view;
#define PACKET_VIEWS 7
/** View i of a record: topic, payload, properties, client id, will properties, user name, password. */
packet_view packet_view_of(wq_ptr packet, uint32_t i);

void packet_set_views(wq_packet *record, const packet_view views[PACKET_VIEWS]);

/** Every view of a record lies within these bytes. */
void packet_inside(wq_ptr packet, wq_ptr input, uint32_t length);

/** Two records describe the same packet. Their views show equal bytes. */
void packet_same(wq_ptr a, wq_ptr b);

/** Encoding a decoded record and decoding the result returns the same record; encoding again writes the same bytes. */
void packet_survives(wq_ptr packet);

/** The lists of a decoded packet, read and written an entry at a time, stay the same. */
void packet_lists(wq_ptr packet);

#endif /* FUZZ_PACKETS_H */
