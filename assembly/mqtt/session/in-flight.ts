import { Context } from './layout';

/*
 * In-flight records: one word each, in one table, those of each direction in the order in which their messages began.
 *
 *     bits 0-3 next packet | 4 RECEIVED | 5 LIVE | 6 COUNTED | 8-15 filters | 16-31 Packet Identifier
 *
 * The next packet is the type of the packet that takes the message on: the answer that is awaited, or the acknowledgement
 * that the client owes. So each transition is told by packet types alone.
 *
 *     sent QoS 1      PUBACK                    received QoS 1  PUBACK (owed, by hand only)
 *     sent QoS 2      PUBREC, then PUBCOMP      received QoS 2  PUBREC (owed, by hand only), then PUBREL
 *     subscriptions   SUBACK or UNSUBACK
 */
/** Mask of the packet type that a record awaits or owes. */
export const NEXT: u32 = 15;
/** The message is the server's; each side gives its own Packet Identifiers (2.2.1). */
export const SENT: u32 = 0;
export const RECEIVED: u32 = 0x10;
/** The record was sent or received on this connection; one that was not waits to be sent again. */
export const LIVE: u32 = 0x20;
/** It takes one of the Receive Maximum of this connection: a PUBREL that is sent again does not. */
export const COUNTED: u32 = 0x40;

export function endOf(context: Context): usize {
  return context.records + (context.count << 2);
}

/** The address of the first record with these bits in the mask, or 0. */
function search(context: Context, mask: u32, bits: u32): usize {
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

/** How many records of a direction have this mark; 0 for all. */
export function count(context: Context, direction: u32, mark: u32): u32 {
  const end = endOf(context);
  let found: u32 = 0;
  for (let at = context.records; at < end; at += 4) {
    found += <u32>((load<u32>(at) & (RECEIVED | mark)) == (direction | mark));
  }
  return found;
}

/** Adds a record behind the others; there must be room. */
export function append(context: Context, word: u32): void {
  store<u32>(endOf(context), word);
  context.count = context.count + 1;
}

/** Takes a record out and keeps the order of the others. */
export function remove(context: Context, at: usize): void {
  memory.copy(at, at + 4, endOf(context) - at - 4);
  context.count = context.count - 1;
}

/** The connection is gone: records whose direction and next packet are in the mask are forgotten, none is live. */
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
