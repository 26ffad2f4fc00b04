/** Notifications, and a network that is connected. */
export const device = `
  setup 51 16                              -> OKAY
  network 1                                -> OKAY
  poll
  news                                     -> NETWORKSTATUSCHANGED
  status                                   -> OKAY CONNECTED
`;

/** An open MQTT channel. */
export const channel = `
  ${device}
  open 1 1024 512                          -> OKAY
`;

/**
 * An MQTT channel that is connected.
 *
 * @param session whether the broker is asked to keep it; with MQTT 5 the script begins with "expiry 60" then
 */
export function connected(version: 4 | 5, session: 'clean' | 'kept' = 'clean'): string {
  const [flag, words] = session === 'clean' ? [1, ' clean'] : [0, ''];
  const expiry = version === 5 && session === 'kept' ? ' session-expiry 60' : '';
  return `
    ${channel}
    connect ${version === 5 ? 5 : 3} ${flag} 60 client-1                  -> OKAY
    poll
    sent                                     -> connect client-1${words} keep-alive 60${expiry}
    broker connack
    news                                     -> CHANNELDATAREADABLE
    next                                     -> OKAY CONNECTRESPONSE
    read-connect                             -> OKAY REQUESTCOMPLETED 0
  `;
}

/** One line for each number from the first to the last. */
export const lines = (first: number, last: number, line: (number: number) => string): string =>
  Array.from({ length: last - first + 1 }, (_, index) => line(first + index)).join('\n');
