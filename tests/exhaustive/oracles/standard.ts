/** Tables of the standards, copied from their text row by row: a second witness for those that the core is made from. */

export type Version = 4 | 5;

/** MQTT 5 2.1.3, table 2-2: the flags of each packet type; PUBLISH (3) has its own. */
export const FIXED_FLAGS = [0, 0, 0, 0, 0, 0, 2, 0, 2, 0, 2, 0, 0, 0, 0, 0];

export interface Property {
  type: 'flag' | 'u16' | 'u32' | 'varint' | 'binary' | 'text' | 'topic' | 'pair';
  /** Packet types; 0 is the will. */
  packets: number[];
}

const ANY = [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 14, 15];

/** MQTT 5 2.2.2.2, table 2-4; `flag` and `topic` as the sections of these properties say. */
export const PROPERTIES: Readonly<Record<number, Property>> = {
  1: { type: 'flag', packets: [3, 0] }, // Payload Format Indicator
  2: { type: 'u32', packets: [3, 0] }, // Message Expiry Interval
  3: { type: 'text', packets: [3, 0] }, // Content Type
  8: { type: 'topic', packets: [3, 0] }, // Response Topic
  9: { type: 'binary', packets: [3, 0] }, // Correlation Data
  11: { type: 'varint', packets: [3, 8] }, // Subscription Identifier
  17: { type: 'u32', packets: [1, 2, 14] }, // Session Expiry Interval
  18: { type: 'text', packets: [2] }, // Assigned Client Identifier
  19: { type: 'u16', packets: [2] }, // Server Keep Alive
  21: { type: 'text', packets: [1, 2, 15] }, // Authentication Method
  22: { type: 'binary', packets: [1, 2, 15] }, // Authentication Data
  23: { type: 'flag', packets: [1] }, // Request Problem Information
  24: { type: 'u32', packets: [0] }, // Will Delay Interval
  25: { type: 'flag', packets: [1] }, // Request Response Information
  26: { type: 'text', packets: [2] }, // Response Information
  28: { type: 'text', packets: [2, 14] }, // Server Reference
  31: { type: 'text', packets: [2, 4, 5, 6, 7, 9, 11, 14, 15] }, // Reason String
  33: { type: 'u16', packets: [1, 2] }, // Receive Maximum
  34: { type: 'u16', packets: [1, 2] }, // Topic Alias Maximum
  35: { type: 'u16', packets: [3] }, // Topic Alias
  36: { type: 'flag', packets: [2] }, // Maximum QoS
  37: { type: 'flag', packets: [2] }, // Retain Available
  38: { type: 'pair', packets: ANY }, // User Property
  39: { type: 'u32', packets: [1, 2] }, // Maximum Packet Size
  40: { type: 'flag', packets: [2] }, // Wildcard Subscription Available
  41: { type: 'flag', packets: [2] }, // Subscription Identifiers Available
  42: { type: 'flag', packets: [2] }, // Shared Subscription Available
};

const codes = (text: string) => new Set(text.split(' ').map((code) => Number.parseInt(code, 16)));
const RECEIVED = codes('00 10 80 83 87 90 91 97 99');
const RELEASED = codes('00 92');

/** The reason codes of each packet type that has some, from its section: 3.2.2.2, 3.4.2.1 and so on; in 3.1.1, 3.2.2.3 and 3.9.3. */
export const REASON_CODES: Readonly<Record<Version, Readonly<Record<number, ReadonlySet<number>>>>> = {
  4: {
    2: codes('00 01 02 03 04 05'),
    9: codes('00 01 02 80'),
  },
  5: {
    2: codes('00 80 81 82 83 84 85 86 87 88 89 8a 8c 90 95 97 99 9a 9b 9c 9d 9f'),
    4: RECEIVED,
    5: RECEIVED,
    6: RELEASED,
    7: RELEASED,
    9: codes('00 01 02 80 83 87 8f 91 97 9e a1 a2'),
    11: codes('00 11 80 83 87 8f 91'),
    // 8C is not in the table of 3.14.2.1, but that of 2.4 has it for DISCONNECT.
    14: codes('00 04 80 81 82 83 87 89 8b 8c 8d 8e 8f 90 93 94 95 96 97 98 99 9a 9b 9c 9d 9e 9f a0 a1 a2'),
    15: codes('00 18 19'),
  },
};
