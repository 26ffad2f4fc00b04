import { device } from './beginnings.js';
import { type Script, script } from './script.js';

/** What the emulated kernel has no counterpart of: the core that the calls in C are given. */
export const onlyInC: Record<string, Script> = {
  'end the connection when the core is closed, and go on': script(4)`
    ${device}
    open 1 1024 512                          -> OKAY
    connect 3 1 60 c                         -> OKAY
    poll
    broker connack
    read-connect                             -> OKAY REQUESTCOMPLETED 0
    publish 1 1 0 a b                        -> OKAY
    break
    poll
    next                                     -> OKAY PUBLISHRESPONSE
    read-publish                             -> OKAY NOTCONNECTED 1 0
    read-disconnect                          -> OKAY NOTCONNECTED 0
    close                                    -> OKAY
    open 1 1024 512                          -> OKAY
    connect 3 1 60 c                         -> OKAY
    poll
    read-connect                             -> OKAY SOCKETERROR 0
    publish 1 0 0 a b                        -> OKAY
    poll
    read-publish                             -> OKAY NOTCONNECTED 1 0
  `,
  'do not open with too little linear memory or with a bad device id': script(4)`
    reopen 4096                              -> returned -905
    wall                                     -> UNAVAILABLE
    reopen 24576 UV12                        -> returned -2
    network 1                                -> UNAVAILABLE
    reopen 24576
    device 34                                -> OKAY UV0123456789abcdef0123456789abcdef
  `,
};
