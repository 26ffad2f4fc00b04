/** A module that cannot be a guest, or a guest that cannot be entered: the message lists everything that is wrong. */
export class GuestError extends Error {
  override name = 'GuestError';
}
