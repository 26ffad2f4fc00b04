import { channel, connected } from './beginnings.js';
import { type Script, script } from './script.js';

/** How an application connects, and how its connection ends. */
export const connecting: Record<string, Script> = {
  'connects with a user name, a password and a will': script(5)`
    ${channel}
    connect 5 1 60 c user secret will/topic gone -> OKAY
    poll
    sent                                     -> connect c clean keep-alive 60 user user password secret will will/topic gone
  `,
  'refuses a connect request in which something is missing or out of range': script(5)`
    ${channel}
    connect 5 1 60 -                         -> REQUIREDELEMENTMISSING
    connect 5 1 60 c u p - gone              -> REQUIREDELEMENTMISSING
    connect 5 1 60 c u p will -              -> REQUIREDELEMENTMISSING
    connect 5 1 65536 c                      -> OKAY
    poll
    news                                     -> CHANNELDATAREADABLE
    read-connect                             -> OKAY INVALIDPARAMETERS 0
    connect 5 1 60 c                         -> REQUESTALREADYSENT
  `,
  'answers a second connect with ALREADYCONNECTED': script(5)`
    ${connected(5)}
    connect 5 1 60 client-1                  -> OKAY
    poll
    news                                     -> CHANNELDATAREADABLE
    next                                     -> OKAY CONNECTRESPONSE
    read-connect                             -> OKAY ALREADYCONNECTED 0
    publish 1 0 0 a b                        -> OKAY
    poll
    news                                     -> CHANNELDATAREADABLE
  `,
  'refuses a second connect while the first is pending': script(5)`
    ${channel}
    connect 5 1 60 c                         -> OKAY
    connect 5 1 60 c                         -> REQUESTALREADYSENT
    poll
    sent                                     -> connect c clean keep-alive 60
  `,
  'gives up a connect that is not answered for 15 seconds': script(5)`
    ${channel}
    connect 5 1 60 c                         -> OKAY
    poll
    time 14999
    news                                     -> nothing
    time 1
    news                                     -> CHANNELDATAREADABLE
    read-connect                             -> OKAY SOCKETERROR 0
    next                                     -> OKAY NONE
  `,
  ...Object.fromEntries(
    [
      [4, 'NXDOMAIN'],
      [5, 'UNKNOWNCA'],
      [6, 'CERTIFICATEEXPIRED'],
      [7, 'SOCKETERROR'],
    ].map(([failure, state]) => [
      `reports why the transport failed: ${state}`,
      script(4)`
        ${channel}
        connect 3 1 60 c                         -> OKAY
        poll
        fail ${failure}
        news                                     -> CHANNELDATAREADABLE
        read-connect                             -> OKAY ${state} 0
        next                                     -> OKAY NONE
        close                                    -> OKAY
      `,
    ]),
  ),
  'can disconnect while it connects': script(5)`
    ${channel}
    connect 5 1 60 c                         -> OKAY
    poll
    disconnect                               -> OKAY
    disconnect                               -> RATELIMITED
    poll
    news                                     -> 2 CHANNELDATAREADABLE
    read-connect                             -> OKAY NOTCONNECTED 0
    read-disconnect                          -> OKAY NOTCONNECTED 0
    next                                     -> OKAY NONE
  `,
  'answers requests without a connection with NOTCONNECTED': script(5)`
    ${channel}
    publish 1 1 0 a b                        -> OKAY
    subscribe 2 0 a                          -> OKAY
    unsubscribe 3 a                          -> OKAY
    disconnect                               -> OKAY
    poll
    news                                     -> 4 CHANNELDATAREADABLE
    read-publish                             -> OKAY NOTCONNECTED 1 0
    read-subscribe 8                         -> OKAY NOTCONNECTED 2
    read-unsubscribe 8                       -> OKAY NOTCONNECTED 3
    read-disconnect                          -> OKAY NOTCONNECTED 0
    next                                     -> OKAY NONE
    connect 5 1 60 c                         -> OKAY
    poll
    sent                                     -> connect c clean keep-alive 60
  `,
  'reports the reason with which the broker disconnects': script(5)`
    ${connected(5)}
    publish 1 1 0 a b                        -> OKAY
    poll
    sent                                     -> publish a b qos 1 id 1
    broker disconnect 0x8b
    sent                                     -> nothing
    news                                     -> 2 CHANNELDATAREADABLE
    read-publish                             -> OKAY NOTCONNECTED 1 0
    read-disconnect                          -> OKAY REQUESTCOMPLETED 0x8b
    next                                     -> OKAY NONE
    reason                                   -> OKAY NONE
  `,
  ...Object.fromEntries(
    [
      [4, '20020087', '0x87', 'a CONNACK of 3.1.1 with a code of MQTT 5'],
      [4, '20020205', '5', 'a CONNACK with a reserved flag'],
      [5, '20020001', '1', 'the CONNACK of 3.1.1'],
      [5, '200700870416000170', '0x87', 'Authentication Data without a method'],
      [5, 'e0028700', '0x87', 'DISCONNECT'],
    ].map(([version, bytes, code, how]) => [
      `reports the code of a broker of version ${version} that refuses with ${how}`,
      script(version as 4 | 5)`
        ${channel}
        connect ${version === 5 ? 5 : 3} 1 60 c                         -> OKAY
        poll
        sent                                     -> connect c clean keep-alive 60
        broker ${bytes}
        news                                     -> CHANNELDATAREADABLE
        read-connect                             -> OKAY REQUESTCOMPLETED ${code}
        next                                     -> OKAY NONE
      `,
    ]),
  ),
  'reports the code of a DISCONNECT that breaks a rule': script(5)`
    ${connected(5)}
    broker e0048e027f00
    sent                                     -> disconnect 0x81
    news                                     -> CHANNELDATAREADABLE
    read-disconnect                          -> OKAY REQUESTCOMPLETED 0x8e
  `,
  'takes a packet of the Maximum Packet Size, and refuses a larger one at once': script(5)`
    ${channel}
    connect 5 1 60 c                         -> OKAY
    poll
    sent                                     -> connect c clean keep-alive 60
    broker connack
    news                                     -> CHANNELDATAREADABLE
    read-connect                             -> OKAY REQUESTCOMPLETED 0
    broker publish a 2041*x
    news                                     -> CHANNELDATAREADABLE
    next                                     -> OKAY MESSAGELOST
    read-lost 64                             -> OKAY DEVICERECEIVEBUFFERTOOSMALL a 2041 bytes
    broker 30fe0f
    sent                                     -> disconnect 0x95
    read-disconnect                          -> OKAY REQUESTCOMPLETED 0
  `,
  'takes packets of any size from a broker of 3.1.1, which cannot know the limit': script(4)`
    ${connected(4)}
    broker publish a 5000*x
    news                                     -> CHANNELDATAREADABLE
    next                                     -> OKAY MESSAGELOST
    read-lost 64                             -> OKAY DEVICERECEIVEBUFFERTOOSMALL a 5000 bytes
  `,
};
