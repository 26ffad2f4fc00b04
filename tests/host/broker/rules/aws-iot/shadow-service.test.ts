// alone: it measures the processor time of its process
import { describe, expect, it } from 'vitest';
import type { Json } from '../../../../../host/broker/rules/aws-iot/shadow/shadow-document.js';
import { type ShadowAnswer, ShadowService } from '../../../../../host/broker/rules/aws-iot/shadow/shadow-service.js';

const CLASSIC = '$aws/things/lamp/shadow';
const bytes = (body: unknown) => new TextEncoder().encode(typeof body === 'string' ? body : JSON.stringify(body));

/** A service and its clock; answers by the end of their topics. */
class Rig {
  readonly service = new ShadowService();
  now = 1000;

  ask(action: string, body: unknown = '', prefix = CLASSIC): Record<string, Json> {
    const { messages } = this.answer(action, body, prefix);
    const answers = messages.map(({ topic, payload }) => {
      expect(topic.startsWith(`${prefix}/`)).toBe(true);
      return [topic.slice(prefix.length + 1), JSON.parse(payload) as Json];
    });
    return Object.fromEntries(answers);
  }

  answer(action: string, body: unknown, prefix = CLASSIC): ShadowAnswer {
    return this.service.handle(`${prefix}/${action}`, bytes(body), this.now)!;
  }
}

const refused = (code: number, message: string) => ({ code, message });

describe('a device shadow', () => {
  it('is made by the first update, which is answered with what was sent', () => {
    const answers = new Rig().ask('update', { state: { reported: { on: true } }, clientToken: 't' });
    expect(answers).toEqual({
      'update/accepted': {
        state: { reported: { on: true } },
        metadata: { reported: { on: { timestamp: 1000 } } },
        version: 1,
        timestamp: 1000,
        clientToken: 't',
      },
      'update/documents': {
        current: {
          state: { reported: { on: true } },
          metadata: { reported: { on: { timestamp: 1000 } } },
          version: 1,
        },
        timestamp: 1000,
        clientToken: 't',
      },
    });
  });

  it('sends what is desired and not reported, nested and with arrays whole', () => {
    const rig = new Rig();
    const desired = { on: true, colour: { r: 1, g: 2 }, list: [1, 2], same: 1 };
    const reported = { on: false, colour: { r: 1 }, list: [1, 3], same: 1, extra: 1 };
    const answers = rig.ask('update', { state: { desired, reported } });
    expect(answers['update/delta']).toMatchObject({
      state: { on: true, colour: { g: 2 }, list: [1, 2] },
      metadata: {
        on: { timestamp: 1000 },
        colour: { g: { timestamp: 1000 } },
        list: [{ timestamp: 1000 }, { timestamp: 1000 }],
      },
      version: 1,
    });
    expect(rig.ask('update', { state: { reported: desired } })).not.toHaveProperty('update/delta');
  });

  it('merges updates, and null takes a member or a section away', () => {
    const rig = new Rig();
    rig.ask('update', { state: { desired: { a: 1, b: { c: 2, d: 3 } }, reported: { x: 1 } } });
    rig.now = 2000;
    rig.ask('update', { state: { desired: { a: null, b: { c: 4 } }, reported: null } });
    const got = rig.ask('get')['get/accepted'];
    expect(got).toEqual({
      state: { desired: { b: { c: 4, d: 3 } }, delta: { b: { c: 4, d: 3 } } },
      metadata: {
        desired: { b: { c: { timestamp: 2000 }, d: { timestamp: 1000 } } },
        delta: { b: { c: { timestamp: 2000 }, d: { timestamp: 1000 } } },
      },
      version: 2,
      timestamp: 2000,
    });
  });

  it('shows what it was and what it is, in documents', () => {
    const rig = new Rig();
    rig.ask('update', { state: { reported: { n: 1 } } });
    const documents = rig.ask('update', { state: { reported: { n: 2 } } })['update/documents'];
    expect(documents).toMatchObject({
      previous: { state: { reported: { n: 1 } }, version: 1 },
      current: { state: { reported: { n: 2 } }, version: 2 },
    });
  });

  it('takes an update of one version only, where it names one', () => {
    const rig = new Rig();
    rig.ask('update', { state: {} });
    expect(rig.ask('update', { state: {}, version: 7, clientToken: 'x' })).toEqual({
      'update/rejected': { ...refused(409, 'Version conflict'), timestamp: 1000, clientToken: 'x' },
    });
    expect(rig.ask('update', { state: {}, version: 1 })['update/accepted']).toMatchObject({ version: 2 });
  });

  it('is deleted, and its version goes on for 48 hours', () => {
    const rig = new Rig();
    rig.ask('update', { state: { reported: { a: 1 } } });
    expect(rig.ask('delete', 'whatever')).toEqual({ 'delete/accepted': { version: 1, timestamp: 1000 } });
    const gone = refused(404, 'No shadow exists with name: lamp');
    expect(rig.ask('get')).toEqual({ 'get/rejected': { ...gone, timestamp: 1000 } });
    expect(rig.ask('delete')).toMatchObject({ 'delete/rejected': gone });
    expect(rig.ask('update', { state: {} })['update/accepted']).toMatchObject({ version: 2 });
    rig.ask('delete');
    rig.now += 48 * 3600 + 1;
    expect(rig.ask('update', { state: {} })['update/accepted']).toMatchObject({ version: 1 });
  });

  it('may have a name, and is another one then', () => {
    const rig = new Rig();
    const named = `${CLASSIC}/name/config`;
    rig.ask('update', { state: { reported: { a: 1 } } }, named);
    expect(rig.ask('get', '', named)['get/accepted']).toMatchObject({ state: { reported: { a: 1 } } });
    expect(rig.ask('get')).toHaveProperty('get/rejected');
    const other = rig.ask('get', '', `${CLASSIC}/name/other`)['get/rejected'];
    expect(other).toMatchObject({ message: 'No shadow exists with name: lamp~other' });
  });

  it.each<[unknown, number, string]>([
    ['{', 400, 'Invalid JSON'],
    ['', 400, 'Invalid JSON'],
    ['[]', 400, 'Invalid JSON'],
    [{}, 400, 'Missing required node: state'],
    [{ state: 1 }, 400, 'State node must be an object'],
    [{ state: { desired: 1 } }, 400, 'Desired node must be an object'],
    [{ state: { reported: [] } }, 400, 'Reported node must be an object'],
    [{ state: { other: {} } }, 400, 'State contains an invalid node'],
    [{ state: { desired: { a: [1, null] } } }, 400, 'State contains an invalid node'],
    [{ state: {}, version: -1 }, 400, 'Invalid version'],
    [{ state: {}, version: 'x' }, 400, 'Invalid version'],
    [{ state: {}, clientToken: 1 }, 400, 'Invalid clientToken'],
    [{ state: {}, clientToken: 'x'.repeat(65) }, 400, 'Invalid clientToken'],
    [
      { state: { desired: { 1: { 2: { 3: { 4: { 5: { 6: { 7: {} } } } } } } } } },
      400,
      'JSON contains too many levels of nesting; maximum is 6',
    ],
    [`${'['.repeat(200)}${']'.repeat(200)}`, 400, 'Invalid JSON'],
    [{ state: { desired: { text: 'x'.repeat(8200) } } }, 413, 'The payload exceeds the maximum size allowed'],
    [{ state: { desired: { text: 'x'.repeat(20_000) } } }, 413, 'The payload exceeds the maximum size allowed'],
  ])('refuses %j and changes nothing', (body, code, message) => {
    const rig = new Rig();
    rig.ask('update', { state: { reported: { a: 1 } } });
    const { messages, kept } = rig.answer('update', body);
    expect(messages).toHaveLength(1);
    expect(JSON.parse(messages[0].payload)).toMatchObject({ code, message });
    expect(kept).toBe(undefined);
    expect(rig.ask('get')['get/accepted']).toMatchObject({ version: 1, state: { reported: { a: 1 } } });
  });

  it('has room for so many, and takes that of deleted ones', () => {
    const service = new ShadowService({ shadows: 2 });
    const ask = (action: string, thing: string) => {
      const body = bytes(action === 'update' ? { state: {} } : '');
      return service.handle(`$aws/things/${thing}/shadow/${action}`, body, 1)!.messages[0];
    };
    for (const thing of ['a', 'b', 'a']) expect(ask('update', thing).topic).toContain('accepted');
    expect(JSON.parse(ask('update', 'c').payload)).toMatchObject({ code: 429 });
    ask('delete', 'a');
    expect(ask('update', 'c').topic).toContain('accepted');
  });

  it('weighs what is held: metadata count, and the oldest of the deleted make room', () => {
    const service = new ShadowService({ bytes: 15_500 });
    const ask = (action: string, thing: string, body: unknown = '') =>
      service.handle(`$aws/things/${thing}/shadow/${action}`, bytes(body), 1)!;
    const large = { state: { reported: { a: Array<number>(500).fill(0) } } };
    expect(ask('update', 'a', large).kept).toMatchObject({ key: 'a', forgotten: [] });
    expect(JSON.parse(ask('update', 'b', large).messages[0].payload)).toMatchObject({
      code: 429,
      message: expect.stringContaining('15500 bytes'),
    });
    for (const thing of ['c', 'd', 'e']) {
      ask('update', thing, { state: {} });
      ask('delete', thing);
    }
    const some = { state: { reported: { a: Array<number>(220).fill(0) } } };
    expect(ask('update', 'f', some).kept!.forgotten).toEqual(['c']);
    ask('delete', 'a');
    expect(ask('update', 'b', large).kept!.forgotten).toEqual(['d']);
  });

  it('that cannot be kept is as it was, and its client is told', () => {
    const rig = new Rig();
    rig.ask('update', { state: { reported: { a: 1 } } });
    const { kept } = rig.answer('update', { state: { reported: { a: 2 } }, clientToken: 't' });
    const { topic, payload } = kept!.undo();
    expect(topic).toBe(`${CLASSIC}/update/rejected`);
    expect(JSON.parse(payload)).toMatchObject({ ...refused(500, 'Internal service failure'), clientToken: 't' });
    expect(rig.ask('get')['get/accepted']).toMatchObject({ version: 1, state: { reported: { a: 1 } } });
  });

  it.each([
    ['a text without an end', `"${'\\"'.repeat(60_000)}`],
    ['brackets', '['.repeat(120_000)],
    ['quotes', '"'.repeat(120_000)],
  ])('costs as much as the request is long when that is %s', (_what, body) => {
    const begin = process.cpuUsage();
    expect(new Rig().ask('get', body)['get/rejected']).toMatchObject(refused(400, 'Invalid JSON'));
    // Milliseconds of the processor; the square of the length would be seconds.
    expect(process.cpuUsage(begin).user / 1000).toBeLessThan(300);
  });

  it('has members of any name', () => {
    const rig = new Rig();
    rig.ask('update', '{"state":{"reported":{"__proto__":{"polluted":1},"constructor":2}}}');
    expect(JSON.stringify(rig.ask('get')['get/accepted'])).toContain('"__proto__":{"polluted":1},"constructor":2');
    expect(({} as { polluted?: number }).polluted).toBe(undefined);
  });

  it('goes on in another service, with what was kept', () => {
    const [one, two] = [new Rig(), new Rig()];
    one.ask('update', { state: { reported: { a: 1 } } });
    for (const state of [{ reported: { a: 2 } }, { desired: { a: 3 } }]) {
      const { key, text } = one.answer('update', { state }).kept!;
      two.service.restore(key, text);
    }
    expect(two.ask('get')).toEqual(one.ask('get'));
    const { key, text } = one.answer('delete', '').kept!;
    two.service.restore(key, text);
    expect(two.ask('update', { state: {} })['update/accepted']).toMatchObject({ version: 4 });
  });
});

it.each(['$aws/things/lamp/shadow', '$aws/things/la mp/shadow/get', '$aws/things/lamp/shadow/get/accepted', 'a'])(
  'the topic %s is not a request',
  (topic) => {
    expect(new ShadowService().handle(topic, bytes(''), 1)).toBe(undefined);
  },
);
