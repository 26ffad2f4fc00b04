import { connected, device, lines } from './beginnings.js';
import { type Script, script } from './script.js';

/** The calls beside MQTT: the device, its network, channels, config fetches. */
export const deviceAndConfigs: Record<string, Script> = {
  'has a device id, clocks and a log': script(5)`
    device 34                                -> OKAY UV0123456789abcdef0123456789abcdef
    device 33                                -> INVALIDBUFFERSIZE
    microseconds                             -> OKAY 0
    time 5
    microseconds                             -> OKAY 5000
    wall                                     -> TIMENOTSET
    log hello                                -> UNAVAILABLE
    logging 512 1                            -> INVALIDBUFFERALIGNMENT
    logging 0 0                              -> INVALIDBUFFERSIZE
    logging 500 0                            -> INVALIDBUFFERSIZE
    logging 512 0                            -> OKAY
    log hello                                -> logs hello; OKAY
    log *512                                 -> logs 512*x; OKAY
    log *513                                 -> INVALIDBUFFERSIZE
    log *5000                                -> LOGMESSAGETOOLONG
    null parameters
    device 34                                -> PARAMETERFAULT
    microseconds                             -> PARAMETERFAULT
    wall                                     -> PARAMETERFAULT
    log hello                                -> PARAMETERFAULT
    null nothing
    log hello                                -> logs hello; OKAY
  `,
  'refuses unusable notification buffers': script(5)`
    setup 51 1                               -> INVALIDBUFFERSIZE
    setup 125 16                             -> INVALIDINTERRUPT
    null parameters
    setup 51 16                              -> PARAMETERFAULT
    unset                                    -> PARAMETERFAULT
    null nothing
    unset                                    -> INVALIDHANDLE
    setup 51 16                              -> OKAY
    unset                                    -> OKAY
    unset                                    -> INVALIDHANDLE
  `,
  'is connected to the network while the link is up': script(5)`
    reasons                                  -> OKAY NEVERUSEDNETWORKAPI 0
    network 2                                -> UNSUPPORTEDSTRUCTUREVERSION
    network 1                                -> OKAY
    setup 51 16                              -> OKAY
    network 1                                -> OKAY
    reasons                                  -> OKAY USINGNETWORK 2
    status                                   -> OKAY CONNECTING
    poll
    news                                     -> NETWORKSTATUSCHANGED
    status                                   -> OKAY CONNECTED
    link 0
    status                                   -> OKAY CONNECTING
    news                                     -> NETWORKSTATUSCHANGED
    open 1 512 512                           -> NETWORKNOTCONNECTED
    link 1
    status                                   -> OKAY CONNECTED
    news                                     -> NETWORKSTATUSCHANGED
    open 1 512 512                           -> OKAY
    link 0
    news                                     -> NETWORKSTATUSCHANGED, CHANNELNOTCONNECTED
    reason                                   -> OKAY NETWORKDISCONNECTED
    next                                     -> CHANNELCLOSED
    link 1
    release                                  -> OKAY
    reasons                                  -> OKAY USINGNETWORK 1
    status                                   -> INVALIDHANDLE
    release                                  -> INVALIDHANDLE
    null parameters
    reasons                                  -> PARAMETERFAULT
    status                                   -> PARAMETERFAULT
    release                                  -> PARAMETERFAULT
    network 1                                -> PARAMETERFAULT
  `,
  'closes channels when the network is released': script(5)`
    ${connected(5)}
    release                                  -> OKAY
    poll
    sent                                     -> disconnect
    news                                     -> CHANNELNOTCONNECTED
    reason                                   -> OKAY NETWORKDISCONNECTED
    next                                     -> CHANNELCLOSED
    publish 1 0 0 a b                        -> CHANNELCLOSED
    close                                    -> OKAY
    reason                                   -> INVALIDHANDLE
  `,
  'refuses unusable channels, too many, and too many in a second': script(5)`
    open 1 512 512                           -> INVALIDHANDLE
    setup 51 16                              -> OKAY
    network 1                                -> OKAY
    poll
    news                                     -> NETWORKSTATUSCHANGED
    status                                   -> OKAY CONNECTED
    open 1 500 512                           -> INVALIDBUFFERSIZE
    open 1 512 0                             -> INVALIDBUFFERSIZE
    open 1 512 512 odd                       -> INVALIDBUFFERALIGNMENT
    open 9 512 512                           -> UNKNOWNCHANNELTYPE
    null nested
    open 1 512 512                           -> PARAMETERFAULT
    null parameters
    open 1 512 512                           -> PARAMETERFAULT
    null nothing
    ${lines(1, 8, () => 'open 3 512 512  -> OKAY\n close  -> OKAY')}
    open 3 512 512                           -> RATELIMITED
    close                                    -> INVALIDHANDLE
    time 1001
    open 3 512 512 a                         -> OKAY
    open 3 512 512 b                         -> OKAY
    open 3 512 512 c                         -> OKAY
    open 3 512 512 d                         -> OKAY
    open 3 512 512 e                         -> TOOMANYCHANNELS
  `,
  'fetches configs': script(5)`
    ${device}
    open 3 1024 512                          -> OKAY
    response                                 -> PARAMETERFAULT
    item 0 10                                -> RESPONSENOTPRESENT
    config 1 1 k10 none broken k0 k100       -> OKAY
    config 1 1 k1                            -> REQUESTALREADYSENT
    response                                 -> PARAMETERFAULT
    poll
    news                                     -> CHANNELDATAREADABLE
    response                                 -> OKAY OK 5
    item 0 9                                 -> PARAMETERFAULT
    item 0 10                                -> OKAY OK 10
    item 1 0                                 -> OKAY KEYNOTFOUND 0
    item 2 0                                 -> OKAY SERVERERROR 0
    item 3 0                                 -> OKAY OK 0
    item 4 200                               -> OKAY OK 100
    item 5 200                               -> INDEXINVALID
    null nested
    item 0 10                                -> PARAMETERFAULT
    null parameters
    item 0 10                                -> PARAMETERFAULT
    response                                 -> PARAMETERFAULT
    null nothing
    item 0 10                                -> OKAY OK 10
    close                                    -> OKAY
  `,
  'reports that the values are too large for the buffer': script(5)`
    ${device}
    open 3 512 512                           -> OKAY
    config 0 0 k500 k13 k1                   -> OKAY
    poll
    news                                     -> CHANNELDATAREADABLE
    response                                 -> OKAY RESPONSETOOLARGE 0
    item 0 600                               -> INDEXINVALID
  `,
  'takes values that fill the buffer': script(5)`
    ${device}
    open 3 512 512                           -> OKAY
    config 0 0 k500 k12 k0                   -> OKAY
    poll
    news                                     -> CHANNELDATAREADABLE
    response                                 -> OKAY OK 3
    item 0 600                               -> OKAY OK 500
    item 1 600                               -> OKAY OK 12
    item 2 0                                 -> OKAY OK 0
  `,
  'refuses unusable config requests': script(5)`
    ${device}
    open 3 512 512                           -> OKAY
    config 2 0 k1                            -> UNKNOWNCONFIGSCOPE
    config 0 2 k1                            -> UNKNOWNCONFIGSTORE
    config 0 0 -                             -> INVALIDCONFIGKEY
    config 0 0 *101                          -> INVALIDCONFIGKEY
    config 0 0${' k1'.repeat(28)}            -> OKAY
    config 0 0 *100 *100 *100 *100 *100      -> REQUESTALREADYSENT
    null parameters
    config 0 0 k1                            -> PARAMETERFAULT
    null nested
    config 0 0 k1                            -> REQUESTALREADYSENT
    null nothing
    config 0 0 k1                            -> REQUESTALREADYSENT
    reason                                   -> OKAY NONE
  `,
  'refuses config keys that do not fit, and closes the channel over a nested pointer that is NULL': script(5)`
    ${device}
    open 3 512 512                           -> OKAY
    config 0 0 *100 *100 *100 *100 *100      -> INVALIDBUFFERSIZE
    null nested
    config 0 0 k1                            -> LATEFAULT
    null nothing
    reason                                   -> OKAY UNEXPECTEDLYTERMINATED
    config 0 0 k1                            -> CHANNELCLOSED
  `,
  'answers a request without keys': script(5)`
    ${device}
    open 3 512 512                           -> OKAY
    config 0 0                               -> OKAY
    poll
    news                                     -> CHANNELDATAREADABLE
    response                                 -> OKAY OK 0
    item 0 1                                 -> INDEXINVALID
  `,
};
