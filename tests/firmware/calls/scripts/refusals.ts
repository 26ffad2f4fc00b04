import { channel, connected, device } from './beginnings.js';
import { type Script, script } from './script.js';

/** What calls refuse: handles that are not those of a channel of their type, pointers that are NULL. */
export const refusals: Record<string, Script> = {
  ...Object.fromEntries(
    [
      ['that is zero', 'zero'],
      ['of a notification buffer', 'notification'],
    ].map(([kind, handle]) => [
      `refuses a channel handle ${kind}`,
      script(5)`
        ${device}
        handle ${handle}
        reason                                   -> INVALIDHANDLE
        next                                     -> INVALIDHANDLE
        connect 5 1 60 c                         -> INVALIDHANDLE
        subscribe 1 0 a                          -> INVALIDHANDLE
        unsubscribe 1 a                          -> INVALIDHANDLE
        publish 1 0 0 a b                        -> INVALIDHANDLE
        ack 1                                    -> INVALIDHANDLE
        disconnect                               -> INVALIDHANDLE
        read-connect                             -> INVALIDHANDLE
        read-disconnect                          -> INVALIDHANDLE
        read-publish                             -> INVALIDHANDLE
        read-subscribe 8                         -> INVALIDHANDLE
        read-unsubscribe 8                       -> INVALIDHANDLE
        read-message 64 64                       -> INVALIDHANDLE
        read-lost 64                             -> INVALIDHANDLE
        config 1 1 k1                            -> INVALIDHANDLE
        response                                 -> PARAMETERFAULT
        item 0 10                                -> INVALIDHANDLE
      `,
    ]),
  ),
  'refuses MQTT calls on a channel of another type': script(5)`
    ${device}
    open 3 512 512                           -> OKAY
    reason                                   -> OKAY NONE
    next                                     -> INVALIDHANDLE
    connect 5 1 60 c                         -> INVALIDHANDLE
    subscribe 1 0 a                          -> INVALIDHANDLE
    unsubscribe 1 a                          -> INVALIDHANDLE
    publish 1 0 0 a b                        -> INVALIDHANDLE
    ack 1                                    -> INVALIDHANDLE
    disconnect                               -> INVALIDHANDLE
    read-connect                             -> INVALIDHANDLE
    read-disconnect                          -> INVALIDHANDLE
    read-publish                             -> INVALIDHANDLE
    read-subscribe 8                         -> INVALIDHANDLE
    read-unsubscribe 8                       -> INVALIDHANDLE
    read-message 64 64                       -> INVALIDHANDLE
    read-lost 64                             -> INVALIDHANDLE
  `,
  'refuses config calls on an MQTT channel': script(5)`
    ${channel}
    config 1 1 k1                            -> INVALIDHANDLE
    response                                 -> PARAMETERFAULT
    item 0 10                                -> INVALIDHANDLE
  `,
  'refuses parameters that are NULL': script(5)`
    ${connected(5)}
    null parameters
    open 1 1024 512                          -> PARAMETERFAULT
    close                                    -> PARAMETERFAULT
    reason                                   -> PARAMETERFAULT
    next                                     -> PARAMETERFAULT
    connect 5 1 60 c                         -> PARAMETERFAULT
    subscribe 1 0 a                          -> PARAMETERFAULT
    unsubscribe 1 a                          -> PARAMETERFAULT
    publish 1 0 0 a b                        -> PARAMETERFAULT
    ack 1                                    -> OKAY
    disconnect                               -> OKAY
    read-connect                             -> PARAMETERFAULT
    read-disconnect                          -> PARAMETERFAULT
    read-publish                             -> PARAMETERFAULT
    read-subscribe 8                         -> PARAMETERFAULT
    read-unsubscribe 8                       -> PARAMETERFAULT
    read-message 64 64                       -> PARAMETERFAULT
    read-lost 64                             -> PARAMETERFAULT
    config 1 1 k1                            -> PARAMETERFAULT
    response                                 -> PARAMETERFAULT
    item 0 10                                -> PARAMETERFAULT
  `,
  'has nothing to read at first': script(5)`
    ${connected(5)}
    read-connect                             -> PARAMETERFAULT
    read-disconnect                          -> PARAMETERFAULT
    read-publish                             -> PARAMETERFAULT
    read-subscribe 8                         -> PARAMETERFAULT
    read-unsubscribe 8                       -> PARAMETERFAULT
    read-message 64 64                       -> PARAMETERFAULT
    read-lost 64                             -> PARAMETERFAULT
  `,
  ...Object.fromEntries(
    ['connect 5 1 60 c', 'connect 5 1 60 c u p'].map((request) => [
      `closes the channel over a nested pointer that is NULL: ${request}`,
      script(5)`
        ${channel}
        null nested
        ${request}                               -> LATEFAULT
        null nothing
        reason                                   -> OKAY UNEXPECTEDLYTERMINATED
        ${request}                               -> CHANNELCLOSED
        close                                    -> OKAY
      `,
    ]),
  ),
  ...Object.fromEntries(
    ['subscribe 1 0 a', 'unsubscribe 1 a', 'publish 1 0 0 a b'].map((request) => [
      `closes the connection over a nested pointer that is NULL: ${request}`,
      script(5)`
        ${connected(5)}
        null nested
        ${request}                               -> LATEFAULT
        null nothing
        reason                                   -> OKAY UNEXPECTEDLYTERMINATED
        ${request}                               -> CHANNELCLOSED
        poll
        sent                                     -> nothing
        news                                     -> nothing
        close                                    -> OKAY
      `,
    ]),
  ),
  'closes the channel over a nested pointer that is NULL: read-message': script(5)`
    ${connected(5)}
    broker publish a b
    null nested
    read-message 64 64                       -> LATEFAULT
    null nothing
    reason                                   -> OKAY UNEXPECTEDLYTERMINATED
    next                                     -> CHANNELCLOSED
  `,
  'closes the channel over a nested pointer that is NULL: read-subscribe': script(5)`
    ${connected(5)}
    subscribe 1 0 a                          -> OKAY
    poll
    broker suback 1 0
    null nested
    read-subscribe 8                         -> LATEFAULT
    null nothing
    reason                                   -> OKAY UNEXPECTEDLYTERMINATED
  `,
};
