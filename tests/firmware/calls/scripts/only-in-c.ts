import { device } from './beginnings.js';
import { type Script, script } from './script.js';

/** What is so of the calls in C alone: the core that they are given, and the families that they do not serve. */
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
  'serve no channels of opaque bytes or HTTP': script(4)`
    ${device}
    open 0 512 512                           -> UNAVAILABLE
    open 2 512 512                           -> UNAVAILABLE
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
