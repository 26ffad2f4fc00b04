import { MvChannelType, type SystemCallName } from '../../../../build/abi/microvisor.js';
import { HttpEnd } from '../rig/http-end.js';
import { type HttpRequestParts, httpRequest } from '../rig/http-structures.js';
import { Rig } from '../rig/rig.js';
import { OUTSIDE } from '../rig/rig-memory.js';
import { type StatusCase, type StatusRow, statusCases } from './status-case.js';

const { HTTP, MQTT } = MvChannelType;

/** A rig with its far end, which answers at once. */
class HttpRig extends Rig {
  constructor() {
    const end = new HttpEnd();
    super({
      httpClient: (request, finish) => {
        const exchange = end.client(request, finish);
        end.answer();
        return exchange;
      },
    });
  }
}

const rig = () => new HttpRig();
const send = (rig: Rig, parts?: HttpRequestParts, channel = rig.channel(HTTP)) =>
  rig.call('mvSendHttpRequest', channel, httpRequest(rig, parts));

/** A request with a bad pointer at that offset of its structure. */
const broken = (rig: Rig, offset: number, parts?: HttpRequestParts) => {
  const address = httpRequest(rig, parts);
  rig.view.setUint32(address + offset, OUTSIDE, true);
  return rig.call('mvSendHttpRequest', rig.channel(HTTP), address);
};

/** A channel whose request was answered. */
const answered = (rig: Rig, parts?: HttpRequestParts): number => {
  const channel = rig.channel(HTTP);
  send(rig, parts, channel);
  rig.tick();
  rig.tick();
  return channel;
};

/** A reading call after the answer to a request. */
const read =
  (call: SystemCallName, parts: HttpRequestParts | undefined, ...words: ((rig: Rig) => number)[]) =>
  (rig: Rig) =>
    rig.call(call, answered(rig, parts), ...words.map((word) => word(rig)));
const number = (value: number) => () => value;
const room = (size: number) => (rig: Rig) => rig.alloc(size);

/** What all three reading calls have; `words` are the arguments after the handle. */
const readCases = (call: SystemCallName, words: (rig: Rig) => number[]): StatusCase[] =>
  statusCases(call, [
    ['OKAY', 'after the answer', (rig) => rig.call(call, answered(rig), ...words(rig)), rig],
    ['RESPONSENOTPRESENT', 'before the answer', (rig) => rig.call(call, rig.channel(HTTP), ...words(rig))],
    ['INVALIDHANDLE', 'for an MQTT channel', (rig) => rig.call(call, rig.channel(MQTT), ...words(rig))],
    ['CHANNELCLOSED', 'when the network went away', (rig) => rig.call(call, rig.closedChannel(HTTP), ...words(rig))],
  ]);

const failed: StatusRow[1] = 'after a request that failed';
const BAD = { url: 'ftp://a.test/' };

export const http: StatusCase[] = [
  ...statusCases('mvSendHttpRequest', [
    ['OKAY', 'for a GET', (rig) => send(rig)],
    ['OKAY', 'for 32 headers', (rig) => send(rig, { headers: Array(32).fill('A: b') })],
    ['OKAY', 'for a URL that is none, which the result then says', (rig) => send(rig, { url: 'nothing' })],
    ['PARAMETERFAULT', 'for a null structure', (rig) => rig.call('mvSendHttpRequest', rig.channel(HTTP), 0)],
    ['INVALIDHANDLE', 'for zero', (rig) => send(rig, {}, 0)],
    ['INVALIDHANDLE', 'for an MQTT channel', (rig) => send(rig, {}, rig.channel(MQTT))],
    ['CHANNELCLOSED', 'when the network went away', (rig) => send(rig, {}, rig.closedChannel(HTTP))],
    ['LATEFAULT', 'for a bad method', (rig) => broken(rig, 0)],
    ['LATEFAULT', 'for a bad URL', (rig) => broken(rig, 8)],
    ['LATEFAULT', 'for a bad list of headers', (rig) => broken(rig, 20, { headers: ['A: b'] })],
    ['LATEFAULT', 'for a bad body', (rig) => broken(rig, 24, { body: 'b' })],
    [
      'LATEFAULT',
      'for a bad header',
      (rig) => {
        const address = httpRequest(rig, { headers: ['A: b'] });
        rig.view.setUint32(rig.u32(address + 20) + 4, OUTSIDE, true);
        return rig.call('mvSendHttpRequest', rig.channel(HTTP), address);
      },
    ],
    ['OKAY', 'for a bad list of no headers', (rig) => broken(rig, 20)],
    ['INVALIDBUFFERSIZE', 'when it does not fit the send buffer', (rig) => send(rig, { body: 'b'.repeat(500) })],
    ['TOOMANYELEMENTS', 'for 33 headers', (rig) => send(rig, { headers: Array(33).fill('A: b') })],
    [
      'REQUESTALREADYSENT',
      'for a second request',
      (rig) => {
        const channel = rig.channel(HTTP);
        send(rig, {}, channel);
        return send(rig, {}, channel);
      },
    ],
    [
      'OKAY',
      'for a corrected request',
      (rig) => {
        const channel = rig.channel(HTTP);
        send(rig, { headers: Array(33).fill('A: b') }, channel);
        return send(rig, {}, channel);
      },
    ],
  ]),
  ...readCases('mvReadHttpResponseData', (rig) => [rig.alloc(16)]),
  ...readCases('mvReadHttpResponseHeader', (rig) => [0, rig.alloc(64), 64]),
  ...readCases('mvReadHttpResponseBody', (rig) => [0, rig.alloc(64), 64]),
  ...statusCases('mvReadHttpResponseData', [
    ['OKAY', failed, read('mvReadHttpResponseData', BAD, room(16)), rig],
    ['PARAMETERFAULT', 'for a null pointer', read('mvReadHttpResponseData', {}, number(0)), rig],
  ]),
  ...statusCases('mvReadHttpResponseHeader', [
    ['REQUESTUNSUCCESSFUL', failed, read('mvReadHttpResponseHeader', BAD, number(0), room(8), number(8)), rig],
    ['INDEXINVALID', 'past the last header', read('mvReadHttpResponseHeader', {}, number(2), room(8), number(8)), rig],
    [
      'PARAMETERFAULT',
      'for a bad buffer',
      read('mvReadHttpResponseHeader', {}, number(0), number(OUTSIDE), number(8)),
      rig,
    ],
  ]),
  ...statusCases('mvReadHttpResponseBody', [
    ['OKAY', 'at its end', read('mvReadHttpResponseBody', {}, number(5), room(8), number(8)), rig],
    ['REQUESTUNSUCCESSFUL', failed, read('mvReadHttpResponseBody', BAD, number(0), room(8), number(8)), rig],
    ['OFFSETINVALID', 'past its end', read('mvReadHttpResponseBody', {}, number(6), room(8), number(8)), rig],
    [
      'PARAMETERFAULT',
      'for a bad buffer',
      read('mvReadHttpResponseBody', {}, number(0), number(OUTSIDE), number(8)),
      rig,
    ],
  ]),
];
