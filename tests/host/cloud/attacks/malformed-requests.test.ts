// engine: LMDB
import { describe, expect, it } from 'vitest';
import { ACCOUNT } from '../cloud-rig.js';
import { AUTHORIZATION, expectProblem, HOST, openAttacked } from './attack-rig.js';
import { RawClient } from './raw-client.js';

const FORM = 'Content-Type: application/x-www-form-urlencoded';
/** A request that would store something, where one server sees a body and another the next request. */
const SMUGGLED = [
  'POST /v1/Configs HTTP/1.1',
  HOST,
  AUTHORIZATION,
  FORM,
  'Content-Length: 15',
  '',
  'Key=k&Value=bad',
].join('\r\n');
const get = (...headers: string[]) =>
  ['GET /v1/Configs HTTP/1.1', HOST, AUTHORIZATION, ...headers, '', ''].join('\r\n');
const post = (headers: string[], body: string) =>
  ['POST /v1/Configs/x HTTP/1.1', HOST, AUTHORIZATION, FORM, ...headers, '', body].join('\r\n');

describe('bytes that are not a request get one answer of the form of all', () => {
  it.each<[string, string, number]>([
    ['no HTTP at all', 'hello\r\n\r\n', 400],
    ['a TLS hello', '\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03', 400],
    ['HTTP/2', 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n', 400],
    ['a method that does not exist', get().replace('GET', 'GETT'), 400],
    ['another version', get().replace('HTTP/1.1', 'HTTP/9.1'), 400],
    ['a space before the colon', get('X-A : b'), 400],
    ['a line that is folded', get('X-A: b', ' c'), 400],
    ['a NUL in a header', get('X-A: \0'), 400],
    ['headers of 20,000 bytes', get(`X-A: ${'a'.repeat(20_000)}`), 431],
    ['5,000 headers', get(...Array.from({ length: 5000 }, (_, n) => `x${n}: a`)), 431],
    ['an address of 20,000 bytes', get().replace('/Configs', `/Configs/${'a'.repeat(20_000)}`), 431],
    ['an address of 5,000 bytes', get().replace('/Configs', `/Configs/${'a'.repeat(5000)}`), 414],
    ['an address that is not percent-encoded', get().replace('/Configs', '/Configs/%zz'), 400],
    ['length and chunks', post(['Content-Length: 4', 'Transfer-Encoding: chunked'], `0\r\n\r\n${SMUGGLED}`), 400],
    ['chunks and length', post(['Transfer-Encoding: chunked', 'Content-Length: 4'], `0\r\n\r\n${SMUGGLED}`), 400],
    ['two lengths', post(['Content-Length: 0', 'Content-Length: 200'], SMUGGLED), 400],
    ['two lengths in one line', post(['Content-Length: 0, 200'], SMUGGLED), 400],
    ['a length with a sign', post(['Content-Length: +0'], SMUGGLED), 400],
    ['a length in hex', post(['Content-Length: 0x0'], SMUGGLED), 400],
    ['chunks that are not last', post(['Transfer-Encoding: chunked, identity'], `0\r\n\r\n${SMUGGLED}`), 400],
    ['another transfer coding', post(['Transfer-Encoding: xchunked'], `0\r\n\r\n${SMUGGLED}`), 400],
    ['a chunk without a size', post(['Transfer-Encoding: chunked'], `zz\r\n\r\n${SMUGGLED}`), 400],
    ['a chunk that is longer than it says', post(['Transfer-Encoding: chunked'], `1\r\nvv\r\n${SMUGGLED}`), 400],
    ['chunk extensions without end', post(['Transfer-Encoding: chunked'], `1;${'a'.repeat(20_000)}\r\nv\r\n`), 413],
    ['two Host lines', get('Host: 127.0.0.1'), 400],
    ['no Host line', get().replace(`${HOST}\r\n`, ''), 400],
    ['a Host line that is none', get().replace(HOST, 'Host: a b'), 400],
    ['a Host line with a user', get().replace(HOST, 'Host: me@127.0.0.1'), 400],
    ['an address of another host', get().replace('/v1', 'http://evil.example/v1'), 421],
    ['an address with a user', get().replace('/v1', 'http://me@127.0.0.1/v1'), 400],
    ['an expectation that nobody knows', get('Expect: 200-ok'), 417],
    ['CONNECT', get().replace('GET /v1/Configs', 'CONNECT example.com:443'), 405],
    ['a body that is compressed', post(['Content-Encoding: gzip', 'Content-Length: 7'], 'Value=v'), 415],
    ['a method that no path has', get().replace('GET', 'PROPFIND'), 405],
    ['OPTIONS for all', get().replace('GET /v1/Configs', 'OPTIONS *'), 404],
    ['TRACE', get().replace('GET', 'TRACE'), 405],
  ])('%s', async (_, bytes, status) => {
    const { port, values, othersAreServed } = await openAttacked();
    const client = await RawClient.open(port);
    client.send(bytes);
    client.socket.end();
    const answers = await client.answers();
    expect(answers.map((answer) => answer.status)).toEqual([status]);
    expectProblem(answers[0], status);
    expect(await values.list(ACCOUNT, 'configs')).toEqual([]);
    await othersAreServed();
  });

  it('an address in absolute form is this server’s when its host is (RFC 9112 3.2.2)', async () => {
    const { port } = await openAttacked();
    const client = await RawClient.open(port);
    client.send(get().replace('/v1', `http://localhost:${port}/v1`).replace(HOST, 'Host: evil.example'));
    const [{ status, body }] = await client.answers(1);
    expect([status, JSON.parse(body).meta.url]).toEqual([
      200,
      `http://localhost:${port}/v1/Configs?PageSize=50&Page=0`,
    ]);
  });

  it('HTTP/1.0 without a Host line is served', async () => {
    const { port } = await openAttacked();
    const client = await RawClient.open(port);
    client.send(get().replace(`${HOST}\r\n`, '').replace('HTTP/1.1', 'HTTP/1.0'));
    const [{ status, body }] = await client.answers();
    expect([status, JSON.parse(body).meta.url]).toEqual([
      200,
      `http://127.0.0.1:${port}/v1/Configs?PageSize=50&Page=0`,
    ]);
  });
});

describe('requests that come one behind the other', () => {
  it('are answered in their order', async () => {
    const { port, othersAreServed } = await openAttacked();
    const client = await RawClient.open(port);
    client.send(
      Array.from({ length: 200 }, (_, n) =>
        get().replace('/Configs', n % 2 === 0 ? '/Configs' : `/Configs/k${n}`),
      ).join(''),
    );
    const answers = await client.answers(200);
    expect(answers.map(({ status }) => status)).toEqual(
      Array.from({ length: 200 }, (_, n) => (n % 2 === 0 ? 200 : 404)),
    );
    expect(answers[199].body).toContain('k199');
    await othersAreServed();
  });

  it('with a malformed one among them: no answer is taken for that of another', async () => {
    const { port, values, othersAreServed } = await openAttacked();
    const client = await RawClient.open(port);
    client.send(`${SMUGGLED}hello\r\n\r\n${SMUGGLED.replaceAll('Key=k', 'Key=l')}`);
    const answers = await client.answers();
    // The first may have been stored: its answer is 201 or none, never 400.
    expect(answers.map(({ status }) => status).filter((status) => status !== 201)).toEqual([]);
    expect(await values.get(ACCOUNT, 'configs', 'l')).toBeUndefined();
    await othersAreServed();
  });
});
