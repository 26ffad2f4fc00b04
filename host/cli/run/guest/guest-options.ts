import { AppLimit, AppOptionsRecord, AppState, AppUse } from '../../../../build/abi/core.js';
import type { Guest } from '../../../microvisor/index.js';
import { optionName } from '../../options/option-name.js';
import { UserError } from '../../process/user-error.js';

/** Options of `wasmqtt run` that go to the guest's AppOptions record. */
export interface GuestOptions {
  protocol?: '3.1.1' | '5';
  scope?: 'device' | 'account';
  interval?: number;
  /** Milliseconds that a connection has to last until the waiting times begin again with the shortest. */
  stableAfter?: number;
  publishTopic?: string;
  subscribeTopic?: string;
  /** Items that the options name are required: the guest must not go on without them. */
  required: { clientId: boolean; rootCa: boolean; certificate: boolean; password: boolean };
}

/**
 * Writes the options into a guest that exports mv_app_options. Other guests take no options.
 *
 * @throws UserError when an option was given to a guest without mv_app_options, or a topic is too long
 */
export function writeGuestOptions(guest: Guest, options: GuestOptions): void {
  const chosen = (['protocol', 'scope', 'interval', 'stableAfter', 'publishTopic', 'subscribeTopic'] as const).filter(
    (name) => options[name] !== undefined,
  );
  if (!takesOptions(guest)) {
    if (chosen.length === 0) return;
    const names = chosen.map(optionName);
    throw new UserError(
      `this guest takes no options: it does not export mv_app_options; leave out ${names.join(', ')}`,
    );
  }
  const record = Number(guest.enter('mv_app_options')) >>> 0;
  const view = new DataView(guest.memory.buffer);
  const set = (field: number, value: number) => view.setUint32(record + field, value, true);
  if (options.protocol) set(AppOptionsRecord.protocolVersion, options.protocol === '5' ? 1 : 0);
  if (options.scope) set(AppOptionsRecord.scope, options.scope === 'device' ? 1 : 0);
  if (options.interval) set(AppOptionsRecord.interval, options.interval);
  if (options.stableAfter) set(AppOptionsRecord.stable, options.stableAfter);
  const { clientId, rootCa, certificate, password } = options.required;
  if (clientId) set(AppOptionsRecord.clientIdUse, AppUse.REQUIRED);
  if (rootCa) set(AppOptionsRecord.rootCaUse, AppUse.REQUIRED);
  if (certificate) set(AppOptionsRecord.certificateUse, AppUse.REQUIRED);
  if (password) set(AppOptionsRecord.passwordUse, AppUse.REQUIRED);
  writeTopic(guest, view, record, AppOptionsRecord.publishTopic, '--publish-topic', options.publishTopic);
  writeTopic(guest, view, record, AppOptionsRecord.subscribeTopic, '--subscribe-topic', options.subscribeTopic);
}

export function takesOptions({ exports }: Guest): boolean {
  return typeof exports.mv_app_options === 'function';
}

function writeTopic(guest: Guest, view: DataView, record: number, field: number, name: string, topic?: string): void {
  if (topic === undefined) return;
  const bytes = Buffer.from(topic, 'utf8');
  if (bytes.length > AppLimit.TOPIC) {
    throw new UserError(
      `${name}: has ${bytes.length} bytes, the application takes ${AppLimit.TOPIC}; give a shorter topic`,
    );
  }
  const address = view.getUint32(record + field, true);
  new Uint8Array(guest.memory.buffer).set(bytes, address);
  view.setUint32(record + field + 4, bytes.length, true);
}

/** Whether the guest reports that it cannot go on with its configuration. */
export function guestHasFailed(guest: Guest): boolean {
  const state = guest.exports.mv_app_state;
  return typeof state === 'function' && state() === AppState.FAILED;
}
