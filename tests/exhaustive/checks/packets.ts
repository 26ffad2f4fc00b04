/** The shortest packet of each type of MQTT 5 around a property list: the bytes before and after the list. `type` 0 is the will. */
export interface Shape {
  type: number;
  first: number;
  before: number[];
  after: number[];
}

const connect = [0, 4, 0x4d, 0x51, 0x54, 0x54, 5];
const id = [0, 1];
const filter = [0, 1, 0x61];

export const SHAPES: readonly Shape[] = [
  // The will: Will Flag; no properties of its own, an empty client identifier; then topic and payload.
  { type: 0, first: 0x10, before: [...connect, 6, 0, 0, 0, 0, 0], after: [0, 1, 0x77, 0, 0] },
  { type: 1, first: 0x10, before: [...connect, 2, 0, 0], after: [0, 0] },
  { type: 2, first: 0x20, before: [0, 0], after: [] },
  { type: 2, first: 0x20, before: [0, 0x87], after: [] },
  { type: 3, first: 0x30, before: [0, 1, 0x61], after: [] },
  { type: 4, first: 0x40, before: [...id, 0], after: [] },
  { type: 5, first: 0x50, before: [...id, 0], after: [] },
  { type: 6, first: 0x62, before: [...id, 0], after: [] },
  { type: 7, first: 0x70, before: [...id, 0], after: [] },
  { type: 8, first: 0x82, before: id, after: [...filter, 0] },
  { type: 9, first: 0x90, before: id, after: [0] },
  { type: 10, first: 0xa2, before: id, after: filter },
  { type: 11, first: 0xb0, before: id, after: [0] },
  { type: 14, first: 0xe0, before: [0], after: [] },
  { type: 15, first: 0xf0, before: [0], after: [] },
];

/** A packet with this property list; all lengths take one byte. */
export function packetWith({ first, before, after }: Shape, properties: readonly number[]): number[] {
  const body = [...before, properties.length, ...properties, ...after];
  return [first, body.length, ...body];
}
