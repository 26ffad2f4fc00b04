import { channel, connected, lines } from './beginnings.js';
import { type Script, script } from './script.js';

/** Messages, and the sessions that outlive a connection. */
export const messagesAndSessions: Record<string, Script> = {
  'answers requests with values that MQTT does not allow with INVALIDPARAMETERS': script(5)`
    ${connected(5)}
    publish 3 3 0 a x                        -> OKAY
    publish 1 0 0 a/+ x                      -> OKAY
    publish 2 1 0 - x                        -> OKAY
    subscribe 4 3 a                          -> OKAY
    unsubscribe 5 a#                         -> OKAY
    poll
    sent                                     -> nothing
    news                                     -> 5 CHANNELDATAREADABLE
    read-publish                             -> OKAY INVALIDPARAMETERS 3 0
    read-publish                             -> OKAY INVALIDPARAMETERS 1 0
    read-publish                             -> OKAY INVALIDPARAMETERS 2 0
    read-subscribe 8                         -> OKAY INVALIDPARAMETERS 4
    read-unsubscribe 8                       -> OKAY INVALIDPARAMETERS 5
    next                                     -> OKAY NONE
    subscribe 6 0                            -> OKAY
    unsubscribe 7                            -> OKAY
    poll
    read-subscribe 8                         -> OKAY INVALIDPARAMETERS 6
    read-unsubscribe 8                       -> OKAY INVALIDPARAMETERS 7
    subscribe 8 0 a b c d e f g h i          -> TOOMANYELEMENTS
    unsubscribe 8 a b c d e f g h i          -> TOOMANYELEMENTS
  `,
  'serves eight publish requests at a time': script(5)`
    ${connected(5)}
    ${lines(0, 7, (id) => `publish ${id} 1 0 a b  -> OKAY`)}
    publish 8 1 0 a b                        -> RATELIMITED
    poll
    publish 9 1 0 a b                        -> RATELIMITED
    sent                                     -> ${[1, 2, 3, 4, 5, 6, 7, 8].map((id) => `publish a b qos 1 id ${id}`).join(', ')}
    broker puback 1
    news                                     -> CHANNELDATAREADABLE
    publish 10 1 0 a b                       -> OKAY
    publish 11 1 0 a b                       -> RATELIMITED
    poll
    sent                                     -> publish a b qos 1 id 9
  `,
  'sends no more messages than the Receive Maximum of the broker': script(5)`
    ${channel}
    connect 5 1 60 c                         -> OKAY
    poll
    sent                                     -> connect c clean keep-alive 60
    broker connack receive-maximum 1
    publish 1 1 0 a 1                        -> OKAY
    publish 2 1 0 a 2                        -> OKAY
    publish 3 0 0 a 3                        -> OKAY
    poll
    sent                                     -> publish a 1 qos 1 id 1, publish a 3
    broker puback 1
    sent                                     -> publish a 2 qos 1 id 2
    broker puback 2
    news                                     -> 4 CHANNELDATAREADABLE
    read-connect                             -> OKAY REQUESTCOMPLETED 0
    read-publish                             -> OKAY REQUESTCOMPLETED 3 0
    read-publish                             -> OKAY REQUESTCOMPLETED 1 0
    read-publish                             -> OKAY REQUESTCOMPLETED 2 0
    next                                     -> OKAY NONE
  `,
  'continues a session of 3.1.1 on the next channel': script(4)`
    ${connected(4, 'kept')}
    publish 1 1 0 a one                      -> OKAY
    publish 2 2 0 a two                      -> OKAY
    publish 3 2 0 a three                    -> OKAY
    poll
    sent                                     -> publish a one qos 1 id 1, publish a two qos 2 id 2, publish a three qos 2 id 3
    broker pubrec 2
    sent                                     -> pubrel 2
    broker publish in q2 qos 2 id 40
    broker publish in q1 qos 1 id 41
    fail 7
    news                                     -> 6 CHANNELDATAREADABLE
    read-publish                             -> OKAY NOTCONNECTED 1 0
    read-publish                             -> OKAY NOTCONNECTED 2 0
    read-publish                             -> OKAY NOTCONNECTED 3 0
    read-message 64 64                       -> OKAY 1 in 2 bytes qos 2
    ack 1                                    -> OKAY
    poll
    read-message 64 64                       -> OKAY 2 in 2 bytes qos 1
    close                                    -> OKAY
    open 1 1024 512                          -> OKAY
    connect 3 0 60 client-1                  -> OKAY
    poll
    sent                                     -> connect client-1 keep-alive 60
    broker connack session-present
    sent                                     -> publish a one qos 1 id 1 dup, publish a three qos 2 id 3 dup, pubrel 2
    broker publish in q2 qos 2 id 40 dup
    sent                                     -> pubrec 40
    news                                     -> CHANNELDATAREADABLE
    read-connect                             -> OKAY REQUESTCOMPLETED 0
    next                                     -> OKAY NONE
    broker publish in q1 qos 1 id 41 dup
    news                                     -> CHANNELDATAREADABLE
    read-message 64 64                       -> OKAY 1 in 2 bytes qos 1
    ack 1                                    -> OKAY
    poll
    sent                                     -> puback 41
    broker puback 1
    broker pubcomp 2
    news                                     -> nothing
    next                                     -> OKAY NONE
  `,
  'forgets its messages when the broker has no session': script(4)`
    ${connected(4, 'kept')}
    publish 1 1 0 a one                      -> OKAY
    poll
    sent                                     -> publish a one qos 1 id 1
    fail 7
    close                                    -> OKAY
    open 1 1024 512                          -> OKAY
    connect 3 0 60 client-1                  -> OKAY
    poll
    sent                                     -> connect client-1 keep-alive 60
    broker connack
    sent                                     -> nothing
    news                                     -> 3 CHANNELDATAREADABLE
    read-connect                             -> OKAY REQUESTCOMPLETED 0
    next                                     -> OKAY NONE
    publish 2 1 0 a two                      -> OKAY
    poll
    sent                                     -> publish a two qos 1 id 2
  `,
  'sends DISCONNECT before it connects again': script(5)`
    ${connected(5)}
    close                                    -> OKAY
    open 1 1024 512                          -> OKAY
    connect 5 1 60 client-1                  -> OKAY
    poll
    sent                                     -> disconnect, connect client-1 clean keep-alive 60
  `,
  'continues a session of MQTT 5 that the broker keeps': script(5)`
    expiry 60
    ${connected(5, 'kept')}
    publish 1 1 0 a one                      -> OKAY
    publish 2 2 0 a two                      -> OKAY
    poll
    sent                                     -> publish a one qos 1 id 1, publish a two qos 2 id 2
    fail 7
    news                                     -> 3 CHANNELDATAREADABLE
    close                                    -> OKAY
    open 1 1024 512                          -> OKAY
    connect 5 0 60 client-1                  -> OKAY
    poll
    sent                                     -> connect client-1 keep-alive 60 session-expiry 60
    broker connack session-present
    sent                                     -> publish a one qos 1 id 1 dup, publish a two qos 2 id 2 dup
    broker puback 1
    broker pubrec 2
    sent                                     -> pubrel 2
    broker pubcomp 2
    news                                     -> CHANNELDATAREADABLE
    read-connect                             -> OKAY REQUESTCOMPLETED 0
    next                                     -> OKAY NONE
  `,
  'begins a new session for another client identifier': script(5)`
    expiry 60
    ${connected(5, 'kept')}
    publish 1 1 0 a one                      -> OKAY
    poll
    sent                                     -> publish a one qos 1 id 1
    fail 7
    close                                    -> OKAY
    open 1 1024 512                          -> OKAY
    connect 5 0 60 client-2                  -> OKAY
    poll
    sent                                     -> connect client-2 keep-alive 60 session-expiry 60
    broker connack
    sent                                     -> nothing
    read-connect                             -> OKAY REQUESTCOMPLETED 0
    publish 1 1 0 a two                      -> OKAY
    poll
    sent                                     -> publish a two qos 1 id 1
  `,
  'ends the connection when more messages than Receive Maximum arrive': script(5)`
    ${connected(5)}
    ${lines(1, 20, (id) => `broker publish a - qos 2 id ${id}`)}
    news                                     -> 20 CHANNELDATAREADABLE
    ${lines(1, 20, (id) => `read-message 64 64  -> OKAY ${id} a 0 bytes qos 2`)}
    ${lines(21, 33, (id) => `broker publish a - qos 2 id ${id}`)}
    news                                     -> 13 CHANNELDATAREADABLE
    sent                                     -> disconnect 0x93
    ${lines(21, 32, (id) => `read-message 64 64  -> OKAY ${id} a 0 bytes qos 2`)}
    next                                     -> OKAY DISCONNECTRESPONSE
    read-disconnect                          -> OKAY REQUESTCOMPLETED 0
  `,
};
