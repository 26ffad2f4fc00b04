import { Context } from './layout';

/*
 * In-flight records: one word each, in one table. Those of each direction are in the order in which their messages began.
 *
 *     bits 0-3 next packet | 4 RECEIVED | 5 LIVE | 6 COUNTED | 8-15 filters | 16-31 Packet Identifier
 *
 * The next packet is the type of the packet that the message needs next: the answer that is awaited, or the acknowledgement
 * that the client owes. So packet types alone say which transition is legal.
 *
 *     sent QoS 1      PUBACK                    received QoS 1  PUBACK (owed, by hand only)
 *     sent QoS 2      PUBREC, then PUBCOMP      received QoS 2  PUBREC (owed, by hand only), then PUBREL
 *     subscriptions   SUBACK or UNSUBACK
 */
/** Mask of the packet type that a record awaits or owes. */
export const NEXT: u32 = 15;
/** The direction: each side has Packet Identifiers of its own (2.2.1). */
export const SENT: u32 = 0;
export const RECEIVED: u32 = 0x10;
/** The packet was sent or received on this connection. One of an earlier connection waits to be sent again. */
export const LIVE: u32 = 0x20;
/** It counts towards the Receive Maximum of this connection. A PUBREL that is sent again does not. */
export const COUNTED: u32 = 0x40;

export function endOf(context: Context): usize {
  return context.records + (context.count << 2);
}

/** The address of the first record with these bits in the mask, or 0. */
export function search(context: Context, mask: u32, bits: u32): usize {
  const end = endOf(context);
  for (let at = context.records; at < end; at += 4) {
    if ((load<u32>(at) & mask) == bits) return at;
  }
  return 0;
}

/** The address of the record of this Packet Identifier in this direction, or 0. */
export function find(context: Context, direction: u32, packetId: u32): usize {
  return search(context, RECEIVED | 0xffff0000, direction | (packetId << 16));
}

/** The first record of a sent message that waits to be sent again, or 0. */
export function firstToResend(context: Context): usize {
  return search(context, RECEIVED | LIVE, SENT);
}

/**
 * How many records have these bits: a direction, and a mark if it matters. `first` and `span` limit that to a range of Packet Identifiers, which
 * are in the upper half as in a record, so that what wraps around is in order too.
 */
export function count(context: Context, bits: u32, first: u32 = 0, span: u32 = 0xffffffff): u32 {
  const end = endOf(context);
  let found: u32 = 0;
  for (let at = context.records; at < end; at += 4) {
    const word = load<u32>(at);
    found += <u32>((word & (RECEIVED | bits)) == bits) & <u32>(word - first < span);
  }
  return found;
}

/** Whether a direction has no record left. In a torn context it may have those of the other. */
export function isFull(context: Context, direction: u32, capacity: u32): bool {
  return count(context, direction) >= capacity || endOf(context) >= context.aliases;
}

/**
 * The first Packet Identifier behind the last one that is not in flight. Counts how many of the next one, two, four, ... are, while all
 * of them are; then of halves of that. Ordinarily this is one pass over the records, and never more than 32.
 */
export function freePacketId(context: Context): u32 {
  let free: u32 = (context.lastPacketId + 1) << 16;
  let grows: u32 = 1;
  for (let span: u32 = 1 << 16; span >> 16 != 0; span = grows != 0 ? span << 1 : span >> 1) {
    // 0 is not an identifier, so it counts as one in flight.
    const taken = count(context, SENT, free, span) + <u32>(0 - free < span);
    if (taken == span >> 16) free += span;
    else grows = 0;
  }
  return free >> 16;
}

/** Adds a record behind the others. There must be room. */
export function append(context: Context, word: u32): void {
  store<u32>(endOf(context), word);
  context.count = context.count + 1;
}

/** Takes a record out and keeps the order of the others. */
export function remove(context: Context, at: usize): void {
  memory.copy(at, at + 4, endOf(context) - at - 4);
  context.count = context.count - 1;
}

/** The connection is gone: forgets records whose direction and next packet are in the mask; none of the others is live. */
export function sweep(context: Context, forgotten: u32): void {
  const first = context.records;
  const end = endOf(context);
  let to = first;
  for (let at = first; at < end; at += 4) {
    const word = load<u32>(at) & ~(LIVE | COUNTED);
    store<u32>(to, word);
    to += ((~forgotten >> (word & (RECEIVED | NEXT))) & 1) << 2;
  }
  context.count = <u32>(to - first) >> 2;
}
