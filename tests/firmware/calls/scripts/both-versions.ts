import { channel, connected } from './beginnings.js';
import { type Script, script } from './script.js';

/** What an application does and sees with either version of MQTT. */
export function bothVersions(version: 4 | 5): Record<string, Script> {
  const v5 = version === 5;
  return {
    'connects, subscribes, publishes and disconnects': script(version)`
      ${connected(version)}
      subscribe 7 1 a/b c/#                    -> OKAY
      poll
      sent                                     -> subscribe 1 a/b:1 c/#:1
      subscribe 8 1 d                          -> RATELIMITED
      unsubscribe 9 e                          -> OKAY
      broker suback 1 1 0x80
      news                                     -> CHANNELDATAREADABLE
      next                                     -> OKAY SUBSCRIBERESPONSE
      read-subscribe 1                         -> INVALIDBUFFERSIZE
      read-subscribe 8                         -> OKAY REQUESTCOMPLETED 7 1 0x80
      read-subscribe 8                         -> PARAMETERFAULT
      sent                                     -> unsubscribe 2 e
      broker unsuback 2${v5 ? ' 0' : ''}
      news                                     -> CHANNELDATAREADABLE
      next                                     -> OKAY UNSUBSCRIBERESPONSE
      read-unsubscribe 8                       -> OKAY REQUESTCOMPLETED 9 0
      publish 1 0 0 t hello                    -> OKAY
      publish 2 1 1 t hello                    -> OKAY
      publish 3 2 0 t -                        -> OKAY
      poll
      sent                                     -> publish t hello, publish t hello qos 1 id 3 retain, publish t - qos 2 id 4
      news                                     -> CHANNELDATAREADABLE
      next                                     -> OKAY PUBLISHRESPONSE
      read-publish                             -> OKAY REQUESTCOMPLETED 1 0
      next                                     -> OKAY NONE
      broker puback 3${v5 ? ' 0x10' : ''}
      news                                     -> CHANNELDATAREADABLE
      next                                     -> OKAY PUBLISHRESPONSE
      read-publish                             -> ${v5 ? 'OKAY REQUESTCOMPLETED 2 0x10' : 'OKAY REQUESTCOMPLETED 2 0'}
      next                                     -> OKAY NONE
      broker pubrec 4
      sent                                     -> pubrel 4
      news                                     -> nothing
      next                                     -> OKAY NONE
      broker pubcomp 4
      news                                     -> CHANNELDATAREADABLE
      read-publish                             -> OKAY REQUESTCOMPLETED 3 0
      disconnect                               -> OKAY
      disconnect                               -> RATELIMITED
      poll
      publish 4 0 0 t x                        -> OKAY
      poll
      sent                                     -> disconnect
      news                                     -> 2 CHANNELDATAREADABLE
      next                                     -> OKAY DISCONNECTRESPONSE
      next                                     -> OKAY DISCONNECTRESPONSE
      next                                     -> OKAY DISCONNECTRESPONSE
      next                                     -> OKAY DISCONNECTRESPONSE
      read-disconnect                          -> OKAY REQUESTCOMPLETED 0
      read-publish                             -> OKAY NOTCONNECTED 4 0
      next                                     -> OKAY NONE
      reason                                   -> OKAY NONE
      connect 5 1 60 client-1                  -> REQUESTALREADYSENT
      close                                    -> OKAY
      close                                    -> INVALIDHANDLE
      next                                     -> INVALIDHANDLE
    `,
    'acknowledges messages in their order, whatever the order of the application': script(version)`
      ${connected(version)}
      broker publish a zero
      broker publish a/b one qos 1 id 11
      broker publish a/b two qos 1 id 12
      broker publish c three qos 2 id 13
      news                                     -> 4 CHANNELDATAREADABLE
      sent                                     -> nothing
      read-message 64 64                       -> OKAY 1 a 4 bytes qos 0
      read-message 64 64                       -> OKAY 2 a/b 3 bytes qos 1
      read-message 64 64                       -> OKAY 3 a/b 3 bytes qos 1
      next                                     -> OKAY MESSAGERECEIVED
      read-message 64 64                       -> OKAY 4 c 5 bytes qos 2
      next                                     -> OKAY NONE
      ack 3                                    -> OKAY
      poll
      sent                                     -> nothing
      ack 2                                    -> OKAY
      poll
      sent                                     -> puback 11, puback 12
      ack 2                                    -> OKAY
      ack 99                                   -> OKAY
      ack 4                                    -> OKAY
      poll
      sent                                     -> pubrec 13
      broker pubrel 13
      sent                                     -> pubcomp 13
      broker publish c three qos 2 id 13 dup
      news                                     -> CHANNELDATAREADABLE
      next                                     -> OKAY MESSAGERECEIVED
    `,
    'reports a message that was lost because it is too large, and takes the next': script(version)`
      ${connected(version)}
      broker publish big 1500*x qos 1 id 5
      broker publish fits 1000*y
      news                                     -> 2 CHANNELDATAREADABLE
      poll
      sent                                     -> puback 5
      next                                     -> OKAY MESSAGELOST
      read-lost 2                              -> INVALIDBUFFERSIZE
      read-message 64 64                       -> INVALIDBUFFERSIZE
      read-lost 64                             -> OKAY DEVICERECEIVEBUFFERTOOSMALL big 1500 bytes
      next                                     -> OKAY MESSAGERECEIVED
      read-message 4 100                       -> INVALIDBUFFERSIZE
      read-message 3 1000                      -> INVALIDBUFFERSIZE
      read-message 64 2000                     -> OKAY 1 fits 1000 bytes qos 0
      next                                     -> OKAY NONE
    `,
    'takes no more messages while the receive buffer is full': script(version)`
      ${connected(version)}
      broker publish a 400*a
      broker publish b 400*b
      broker publish c 400*c
      broker publish d 400*d
      news                                     -> 2 CHANNELDATAREADABLE
      next                                     -> OKAY MESSAGERECEIVED
      read-message 64 1024                     -> OKAY 1 a 400 bytes qos 0
      poll
      poll
      news                                     -> CHANNELDATAREADABLE
      read-message 64 1024                     -> OKAY 2 b 400 bytes qos 0
      poll
      poll
      news                                     -> CHANNELDATAREADABLE
      read-message 64 1024                     -> OKAY 3 c 400 bytes qos 0
      read-message 64 1024                     -> OKAY 4 d 400 bytes qos 0
      next                                     -> OKAY NONE
    `,
    'answers all requests when the broker is gone': script(version)`
      ${connected(version)}
      subscribe 7 1 a/b                        -> OKAY
      publish 2 1 0 t x                        -> OKAY
      poll
      news                                     -> nothing
      fail 7
      news                                     -> 3 CHANNELDATAREADABLE
      next                                     -> OKAY SUBSCRIBERESPONSE
      next                                     -> OKAY SUBSCRIBERESPONSE
      next                                     -> OKAY SUBSCRIBERESPONSE
      next                                     -> OKAY SUBSCRIBERESPONSE
      read-subscribe 8                         -> OKAY NOTCONNECTED 7
      read-publish                             -> OKAY NOTCONNECTED 2 0
      read-disconnect                          -> OKAY NOTCONNECTED 0
      next                                     -> OKAY NONE
      publish 3 1 0 t x                        -> OKAY
      subscribe 1 0 a                          -> OKAY
      subscribe 1 0 a                          -> RATELIMITED
      poll
      news                                     -> 2 CHANNELDATAREADABLE
      read-publish                             -> OKAY NOTCONNECTED 3 0
      read-subscribe 8                         -> OKAY NOTCONNECTED 1
      disconnect                               -> OKAY
      poll
      read-disconnect                          -> OKAY NOTCONNECTED 0
      reason                                   -> OKAY NONE
    `,
    'pings a silent broker, and ends the connection when it does not answer': script(version)`
      ${connected(version)}
      sent                                     -> nothing
      time 59000
      sent                                     -> nothing
      time 1000
      sent                                     -> pingreq
      broker pingresp
      news                                     -> nothing
      time 60000
      sent                                     -> pingreq
      time 10000
      sent                                     -> ${v5 ? 'disconnect 0x83' : 'nothing'}
      news                                     -> CHANNELDATAREADABLE
      read-disconnect                          -> OKAY REQUESTCOMPLETED 0
    `,
    'stays connected while packets arrive slowly, and the PINGRESP behind them': script(version)`
      ${connected(version)}
      time 60000
      sent                                     -> pingreq
      broker 30
      time 9999
      broker ${v5 ? '0600' : '0500'}
      time 9999
      broker ${v5 ? '016100' : '0161'}
      time 9999
      broker 61
      time 9999
      broker 62
      time 9999
      broker d0
      time 9999
      broker 00
      sent                                     -> nothing
      news                                     -> CHANNELDATAREADABLE
      read-message 64 64                       -> OKAY 1 a 2 bytes qos 0
      time 6
      sent                                     -> pingreq
    `,
    'ends the connection when a packet stops arriving': script(version)`
      ${connected(version)}
      time 60000
      sent                                     -> pingreq
      time 5000
      broker ${v5 ? '3006000161006' : '300500016'}1
      time 9999
      sent                                     -> nothing
      time 1
      sent                                     -> ${v5 ? 'disconnect 0x83' : 'nothing'}
      news                                     -> CHANNELDATAREADABLE
      read-disconnect                          -> OKAY REQUESTCOMPLETED 0
    `,
    'goes on when the clock goes back by a millisecond': script(version)`
      ${channel}
      connect ${v5 ? 5 : 3} 1 60 c               -> OKAY
      poll
      time -1
      sent                                     -> connect c clean keep-alive 60
      broker connack
      read-connect                             -> OKAY REQUESTCOMPLETED 0
      publish 1 0 0 a b                        -> OKAY
      poll
      time -1
      sent                                     -> publish a b
      time 59000
      sent                                     -> nothing
      time 1002
      sent                                     -> pingreq
      time -1
      sent                                     -> nothing
      broker pingresp
    `,
    'reports the code with which the broker refuses the connection': script(version)`
      ${channel}
      connect ${v5 ? '5' : '3'} 1 60 client-1  -> OKAY
      poll
      broker connack code ${v5 ? '0x87' : '5'}
      news                                     -> CHANNELDATAREADABLE
      read-connect                             -> ${v5 ? 'OKAY REQUESTCOMPLETED 0x87' : 'OKAY REQUESTCOMPLETED 5'}
      next                                     -> OKAY NONE
      connect 5 1 60 client-1                  -> REQUESTALREADYSENT
      publish 1 0 0 a b                        -> OKAY
      poll
      news                                     -> CHANNELDATAREADABLE
      read-publish                             -> OKAY NOTCONNECTED 1 0
    `,
    'ends the connection over a malformed packet': script(version)`
      ${connected(version)}
      publish 1 1 0 a b                        -> OKAY
      poll
      sent                                     -> publish a b qos 1 id 1
      news                                     -> nothing
      broker publish t x
      broker f100
      sent                                     -> ${v5 ? 'disconnect 0x81' : 'nothing'}
      news                                     -> 3 CHANNELDATAREADABLE
      next                                     -> OKAY MESSAGERECEIVED
      read-message 64 64                       -> OKAY 1 t 1 bytes qos 0
      read-publish                             -> OKAY NOTCONNECTED 1 0
      read-disconnect                          -> OKAY REQUESTCOMPLETED 0
      next                                     -> OKAY NONE
    `,
    'keeps the connection over an answer to nothing': script(version)`
      ${connected(version)}
      broker puback 77
      sent                                     -> nothing
      news                                     -> nothing
      next                                     -> OKAY NONE
      read-disconnect                          -> PARAMETERFAULT
    `,
    'ends the connection over an answer of another type': script(version)`
      ${connected(version)}
      publish 1 1 0 a b                        -> OKAY
      poll
      sent                                     -> publish a b qos 1 id 1
      news                                     -> nothing
      broker pubcomp 1
      sent                                     -> ${v5 ? 'disconnect 0x82' : 'nothing'}
      news                                     -> 2 CHANNELDATAREADABLE
      next                                     -> OKAY PUBLISHRESPONSE
      read-publish                             -> OKAY NOTCONNECTED 1 0
      read-disconnect                          -> OKAY REQUESTCOMPLETED 0
    `,
  };
}
