import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ShadowService } from '../../../../../host/broker/rules/aws-iot/shadow/shadow-service.js';
import { runs, timeout } from '../../../core/support/property-runs.js';

const PREFIX = '$aws/things/lamp/shadow';
const RUNS = 500;

type Value = null | number | Value[] | { [name: string]: Value };

const name = fc.constantFrom('a', 'b', 'c', '__proto__', 'constructor');
const { value } = fc.letrec<{ value: Value; object: { [name: string]: Value } }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 3 },
    fc.integer({ min: 0, max: 2 }),
    fc.constant(null),
    tie('object'),
    fc.array(fc.constant(1)),
  ),
  object: fc.dictionary(name, tie('value'), { maxKeys: 3, noNullPrototype: false }),
}));
const section = fc.oneof(fc.dictionary(name, value, { maxKeys: 3, noNullPrototype: false }), fc.constant(null));
const update = fc.record({ desired: section, reported: section }, { requiredKeys: [] });

const bytes = (text: string) => new TextEncoder().encode(text);

/** One service that is asked; the answer's body by the end of the topic. */
function ask(service: ShadowService, action: string, body: Uint8Array): Record<string, { [name: string]: Value }> {
  const { messages } = service.handle(`${PREFIX}/${action}`, body, 1)!;
  return Object.fromEntries(
    messages.map(({ topic, payload }) => [topic.slice(PREFIX.length + 1), JSON.parse(payload)]),
  );
}

/** What a section is after a change, in the plainest way. */
function naive(old: Map<string, unknown>, change: { [name: string]: Value }): Map<string, unknown> {
  const after = new Map(old);
  for (const [key, wanted] of Object.entries(change)) {
    const before = after.get(key);
    if (wanted === null) after.delete(key);
    else if (typeof wanted === 'object' && !Array.isArray(wanted)) {
      after.set(key, naive(before instanceof Map ? before : new Map(), wanted));
    } else after.set(key, wanted);
  }
  return after;
}

/** Maps as sorted lists: objects with a member `__proto__` do not compare well. */
function plain(thing: unknown): unknown {
  if (Array.isArray(thing)) return thing.map(plain);
  if (typeof thing !== 'object' || thing === null) return thing;
  const entries = thing instanceof Map ? [...thing] : Object.entries(thing);
  return entries
    .map(([key, inner]) => [key, plain(inner)])
    .sort(([one], [other]) => (String(one) < String(other) ? -1 : 1));
}

describe('a device shadow', () => {
  it(
    'is after any updates what a plain merge makes of them',
    () => {
      fc.assert(
        fc.property(fc.array(update, { maxLength: 6 }), (updates) => {
          const service = new ShadowService();
          const expected = new Map<string, Map<string, unknown>>();
          let version = 0;
          for (const state of updates) {
            const answers = ask(service, 'update', bytes(JSON.stringify({ state })));
            expect(answers['update/accepted']).toMatchObject({ version: ++version });
            for (const [part, change] of Object.entries(state)) {
              if (change === null) expected.delete(part);
              else expected.set(part, naive(expected.get(part) ?? new Map(), change));
            }
            const { delta, ...sections } = ask(service, 'get', bytes(''))['get/accepted'].state as {
              [name: string]: Value;
            };
            expect(plain(sections)).toEqual(plain(expected));
            expect(answers['update/delta']?.state ?? null).toEqual(delta ?? null);
            // When the device reports what it lacks, nothing is left to do.
            const again = new ShadowService();
            again.handle(`${PREFIX}/update`, bytes(JSON.stringify({ state: sections })), 1);
            again.handle(`${PREFIX}/update`, bytes(JSON.stringify({ state: { reported: sections.desired ?? {} } })), 1);
            const rest = ask(again, 'get', bytes(''))['get/accepted'].state as { [name: string]: Value };
            expect(Object.keys(rest.delta ?? {})).toEqual([]);
          }
        }),
        runs(RUNS),
      );
    },
    timeout,
  );

  it(
    'answers any bytes with one rejection at least, and never throws',
    () => {
      const service = new ShadowService();
      const body = fc.oneof(
        fc.uint8Array({ maxLength: 40 }),
        fc.json().map((text) => bytes(text)),
        fc.json().map((text) => bytes(`{"state":${text}}`)),
        fc.json().map((text) => bytes(`{"state":{"desired":${text}},"version":${text},"clientToken":${text}}`)),
      );
      fc.assert(
        fc.property(fc.constantFrom('get', 'update', 'delete'), body, (action, payload) => {
          const [first] = service.handle(`${PREFIX}/${action}`, payload, 1)!.messages;
          expect(first.topic).toMatch(/\/(?:accepted|rejected)$/);
        }),
        runs(RUNS * 4),
      );
    },
    timeout,
  );
});
