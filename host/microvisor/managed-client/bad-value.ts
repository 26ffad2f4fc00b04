import { MqttError, SessionError } from '../../core/index.js';

/** True for an error that says that a value cannot be sent, as opposed to a fault of this program. */
export function isBadValue(error: unknown): error is Error {
  return [SessionError, MqttError, TypeError, RangeError].some((kind) => error instanceof kind);
}
