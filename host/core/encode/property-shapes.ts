import { type PropertyDescription, PropertyType, properties as propertyTable } from '../../../build/abi/core.js';
import type { PacketKind } from './packet-kinds.js';
import type { PacketWriter } from './packet-writer.js';

/** What a property looks like, and when it is surely valid. */
export interface PropertyShape {
  name: string;
  id: number;
  /** PropertyType. */
  type: number;
  /** Bits of the kinds of packets that may carry it, whatever else they carry. */
  packets: number;
  least: number;
  most: number;
  isTopic: boolean;
  /** Its name in errors. */
  label: string;
}

function shapeOf({
  id,
  name,
  type,
  packets,
  least = 0,
  most = 0,
  isTopic = false,
}: PropertyDescription): PropertyShape {
  return {
    name,
    id,
    type: PropertyType[type.toUpperCase() as keyof typeof PropertyType],
    // It mostly needs a method beside it (3.1.2.11.10): the core knows when.
    packets: name === 'authenticationData' ? 0 : packets,
    least,
    most,
    isTopic,
    label: `property ${name}`,
  };
}

export const propertyShapes: ReadonlyMap<string, PropertyShape> = new Map(
  propertyTable.map((described: PropertyDescription) => [described.name, shapeOf(described)]),
);

/** Places of a list that are remembered for each type of packets, a power of two. */
const PLACES = 16;

/** The properties that stood at each place last: the list of a packet is mostly like that of the packet of its type before it. */
const recent: (PropertyShape | undefined)[] = Array(16 * PLACES).fill(undefined);

/** The property with this name, which stands at this place of a list. */
export function propertyShape(name: string, place: number, { firstByte }: PacketKind): PropertyShape | undefined {
  const slot = (firstByte & 0xf0) | (place & (PLACES - 1));
  const last = recent[slot];
  if (last !== undefined && last.name === name) return last;
  const shape = propertyShapes.get(name);
  recent[slot] = shape;
  return shape;
}

/** Notes when packets of this kind may not carry the property. */
export function proveKind(writer: PacketWriter, { packets }: PropertyShape, { bit }: PacketKind): void {
  if ((packets & bit) === 0) writer.isProven = false;
}

/** Notes when the value of an integer is out of the range that the standard allows; returns the value. */
export function proveRange(writer: PacketWriter, { least, most }: PropertyShape, value: number): number {
  if (value < least || value > most) writer.isProven = false;
  return value;
}
