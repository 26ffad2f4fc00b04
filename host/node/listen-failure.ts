/** Why a server could not listen, in the one spelling that every service uses. */
export type ListenFailureCode = 'address-in-use' | 'address-not-available' | 'address-not-allowed' | 'cannot-listen';

export interface ListenFailure {
  code: ListenFailureCode;
  /** What was wrong, where, and what to do, on one line. */
  message: string;
}

/**
 * Explains the error of `server.listen`.
 *
 * @param what the service that was to listen, as the message's subject: `the broker`
 * @param host the address that was asked for
 * @param port 0 to 65,535
 */
export function listenFailure(error: unknown, what: string, host: string, port: number): ListenFailure {
  const at = `${what} cannot listen on ${host} port ${port}`;
  const { code, message } = error as NodeJS.ErrnoException;
  switch (code) {
    case 'EADDRINUSE':
      return {
        code: 'address-in-use',
        message: `${at}: another program has this port; end it, choose another port, or use port 0 for any free one`,
      };
    case 'EADDRNOTAVAIL':
    case 'ENOTFOUND':
      return {
        code: 'address-not-available',
        message: `${at}: this machine has no such address; use 127.0.0.1, or 0.0.0.0 for all of its addresses`,
      };
    case 'EACCES':
      return {
        code: 'address-not-allowed',
        message: `${at}: not allowed for this user; choose a port of 1024 or above`,
      };
    default:
      return { code: 'cannot-listen', message: `${at}: ${message ?? String(error)}; check host and port` };
  }
}
