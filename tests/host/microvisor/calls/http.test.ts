import { describe, expect, it } from 'vitest';
import {
  MvChannelType,
  MvClosureReason,
  MvEventType,
  MvHttpResult,
  MvStatus,
  nameOf,
  readMvHttpResponseData,
} from '../../../../build/abi/microvisor.js';
import { http } from '../cases/http.js';
import { statusTests } from '../cases/status-tests.js';
import { HttpEnd } from '../rig/http-end.js';
import { type HttpRequestParts, httpRequest } from '../rig/http-structures.js';
import { Rig, type RigOptions, TAG } from '../rig/rig.js';

const { HTTP } = MvChannelType;
const READABLE = { eventType: MvEventType.CHANNELDATAREADABLE, tag: TAG };

function asking(parts: HttpRequestParts = {}, options: RigOptions = {}) {
  const end = new HttpEnd();
  const rig = new Rig({ httpClient: end.client, ...options });
  const channel = rig.channel(HTTP);
  rig.news();
  rig.ok('mvSendHttpRequest', channel, httpRequest(rig, parts));
  rig.tick();
  return { end, rig, channel };
}

function responseOf(rig: Rig, channel: number) {
  const out = rig.alloc(16);
  rig.ok('mvReadHttpResponseData', channel, out);
  const { result, ...rest } = readMvHttpResponseData(rig.view, out);
  return { result: nameOf(MvHttpResult, result), ...rest };
}

const FAILED = { statusCode: 0, numHeaders: 0, bodyLength: 0 };

describe('the HTTP calls', () => {
  statusTests(http);

  it('hand over method, URL, headers and body, and where the answer has to fit', () => {
    const { end } = asking({
      method: 'POST',
      url: 'https://a.test:8443/b?key=1',
      headers: ['Content-Type: a/b', 'X:  y '],
      body: 'text',
    });
    const { method, url, headers, body, maximumBytes } = end.asked[0].request;
    expect([method, url.href, headers, Buffer.from(body).toString()]).toEqual([
      'POST',
      'https://a.test:8443/b?key=1',
      [
        ['Content-Type', 'a/b'],
        ['X', 'y'],
      ],
      'text',
    ]);
    expect(maximumBytes).toBe(1024 - 32);
  });

  it('notify once of the answer, which can be read in any order and again', () => {
    const { end, rig, channel } = asking();
    end.answer('hello world');
    rig.tick();
    expect(rig.news()).toEqual([READABLE]);
    for (let count = 0; count < 2; count++) {
      expect(responseOf(rig, channel)).toEqual({ result: 'OK', statusCode: 200, numHeaders: 2, bodyLength: 11 });
    }
    const buffer = rig.alloc(32);
    new Uint8Array(rig.memory.buffer, buffer, 32).fill(0x2e);
    rig.ok('mvReadHttpResponseBody', channel, 6, buffer, 32);
    expect(rig.text(buffer, 8)).toBe('world...');
    rig.ok('mvReadHttpResponseHeader', channel, 1, buffer, 4);
    expect(rig.text(buffer, 8)).toBe('X-Twd...');
    rig.tick();
    expect(rig.news()).toEqual([]);
  });

  it.each([404, 500, 301])('count an answer with status %i as OK', (statusCode) => {
    const { end, rig, channel } = asking();
    end.answer('', [], statusCode);
    rig.tick();
    expect(responseOf(rig, channel)).toEqual({ result: 'OK', statusCode, numHeaders: 0, bodyLength: 0 });
  });

  const wrong: [string, HttpRequestParts][] = [
    ['UNSUPPORTEDURISCHEME', { url: 'http://a.test/' }],
    ['UNSUPPORTEDURISCHEME', { url: 'http://127.0.0.1/' }],
    ['UNSUPPORTEDURISCHEME', { url: 'file:///etc/passwd' }],
    ['UNSUPPORTEDURISCHEME', { url: 'https:// a.test/' }],
    ['UNSUPPORTEDURISCHEME', { url: 'https://a.test/\r\nX: y' }],
    ['UNSUPPORTEDURISCHEME', { url: 'https://user:word@a.test/' }],
    ['UNSUPPORTEDURISCHEME', { url: '' }],
    ['UNSUPPORTEDMETHOD', { method: 'TRACE' }],
    ['UNSUPPORTEDMETHOD', { method: 'get' }],
    ['INVALIDHEADERS', { headers: ['no colon'] }],
    ['INVALIDHEADERS', { headers: ['A: b\r\nC: d'] }],
    ['INVALIDHEADERS', { headers: ['A: ü'] }],
    ['INVALIDHEADERS', { headers: [''] }],
    ['INVALIDHEADERS', { headers: ['Host: b.test'] }],
    ['INVALIDHEADERS', { headers: ['Content-Length: 5'], body: 'four' }],
    ['INVALIDHEADERS', { headers: ['Transfer-Encoding: chunked'] }],
    ['INVALIDTIMEOUT', { timeoutMs: 4999 }],
    ['INVALIDTIMEOUT', { timeoutMs: 10_001 }],
  ];
  it.each(wrong)('answer with %s, without asking anybody, for %o', (result, parts) => {
    const { end, rig, channel } = asking(parts);
    expect(rig.news()).toEqual([READABLE]);
    expect(responseOf(rig, channel)).toEqual({ result, ...FAILED });
    expect(end.asked).toEqual([]);
  });

  it.each(['Host: a.test', 'content-length: 4'])('accept the header %s, which says what is so', (header) => {
    expect(asking({ headers: [header], body: 'four' }).end.asked).toHaveLength(1);
  });

  it('serve plain http to this machine alone, and only when that is allowed', () => {
    const behaviour = { plainHttp: true };
    expect(asking({ url: 'http://127.0.0.1:80/' }, { behaviour }).end.asked).toHaveLength(1);
    expect(asking({ url: 'http://a.test/' }, { behaviour }).end.asked).toHaveLength(0);
  });

  it.each([
    ['REQUESTFAILED', { result: 'failed', detail: 'no' }],
    ['RESPONSETOOLARGE', { result: 'tooLarge' }],
  ] as const)('answer with %s for a request that %o', (result, outcome) => {
    const { end, rig, channel } = asking();
    end.asked[0].finish(outcome);
    rig.tick();
    expect(rig.news()).toEqual([READABLE]);
    expect(responseOf(rig, channel)).toEqual({ result, ...FAILED });
  });

  it('give up after the timeout of the request, in the time of the kernel', () => {
    const { end, rig, channel } = asking({ timeoutMs: 6000 });
    expect(rig.kernel.nextDeadline(rig.time)).toBe(rig.time + 6000);
    rig.advance(5999);
    expect(rig.news()).toEqual([]);
    rig.advance(1);
    expect(end.asked[0].aborted).toBe(true);
    expect(responseOf(rig, channel).result).toBe('REQUESTFAILED');
    end.answer();
    rig.tick();
    expect(rig.news()).toEqual([READABLE]);
  });

  it('end with the network: the answer that was there is gone', () => {
    const { end, rig, channel } = asking();
    end.answer();
    rig.kernel.network.setLink(false);
    rig.tick();
    expect(rig.news().map(({ eventType }) => eventType)).toContain(MvEventType.CHANNELNOTCONNECTED);
    expect(nameOf(MvStatus, rig.call('mvReadHttpResponseData', channel, rig.alloc(16)))).toBe('CHANNELCLOSED');
    const reason = rig.words(0);
    rig.ok('mvGetChannelClosureReason', channel, reason);
    expect(rig.u32(reason)).toBe(MvClosureReason.NETWORKDISCONNECTED);
    const address = rig.words(channel);
    rig.ok('mvCloseChannel', address);
    expect(rig.u32(address)).toBe(0);
  });

  it('abort the request of a channel that the application closes', () => {
    const { end, rig, channel } = asking();
    rig.ok('mvCloseChannel', rig.words(channel));
    expect(end.asked[0].aborted).toBe(true);
  });

  it('report what was asked without the query of the URL, where keys are', () => {
    const { end, rig } = asking({ url: 'https://a.test/weather?appid=secret' });
    end.answer();
    rig.tick();
    expect(rig.events.filter(({ event }) => event.startsWith('http'))).toEqual([
      { event: 'httpRequest', method: 'GET', url: 'https://a.test/weather' },
      { event: 'httpResponse', url: 'https://a.test/weather', result: 'OK', statusCode: 200, bodyLength: 5 },
    ]);
  });
});
