import { type PacketWriter, packetSize } from '../../core/encode/packet-writer.js';
import { MqttError, Result } from '../../core/index.js';
import type { FieldPlace } from './untrusted-packet.js';

/**
 * The error of the core about a written packet, with the name of the field that breaks the rule; the same error when no one
 * field does. Only a refused packet pays for this: it is written again, with the places of its fields noted.
 *
 * @param offset where in the packet the core found the broken rule, bytes
 * @param rewrite writes the body again and notes places
 */
export function nameField(
  error: MqttError,
  offset: number,
  writer: PacketWriter,
  packetType: string,
  rewrite: (places: FieldPlace[]) => unknown,
): MqttError {
  // What is missing has no place: the core points at the properties that need it.
  if (error.code === Result.AUTHENTICATION_METHOD_MISSING) return error;
  const places: FieldPlace[] = [];
  try {
    rewrite(places);
  } catch {
    // A getter of the packet may throw the second time.
    return error;
  }
  const at = offset - (packetSize(writer.length) - writer.length);
  // The core finds an empty string at its end.
  const last = error.code === Result.TOPIC_EMPTY ? at : at + 1;
  const place = places.find(({ start, end }) => start <= at && last <= end);
  if (!place) return error;
  return new MqttError(error.code, -1, `${packetType}: ${place.name}`, [], error.protocolVersion);
}
