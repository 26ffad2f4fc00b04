/** A request has values that MQTT does not allow: the answer is the request state INVALIDPARAMETERS. */
export class InvalidRequest extends Error {
  override name = 'InvalidRequest';
}

const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** Bytes of the guest as text. @throws InvalidRequest when they are not UTF-8 (MQTT-1.5.4-1) */
export function text(bytes: Uint8Array, what: string): string {
  try {
    return decoder.decode(bytes);
  } catch {
    throw new InvalidRequest(`${what} is not well-formed UTF-8`);
  }
}
