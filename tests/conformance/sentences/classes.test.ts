import { describe, expect, it } from 'vitest';
import { readAbi } from '../../../tools/generate/abi.js';
import { loadManifest } from '../manifest.js';

const { results, reasonCodes } = readAbi();
const entries = {
  5: loadManifest('mqtt-5'),
  '3.1.1': loadManifest('mqtt-3.1.1'),
};

/** The reason code of a class that names no other (4.13.1). */
const CODE_OF_CLASS = { 'malformed-packet': 0x81, 'protocol-error': 0x82, 'other-error': undefined };
const CLASS_NAMES = { 'malformed-packet': /\bmalformed\b/i, 'protocol-error': /\bprotocol error\b/i };

/** The reason code that a text names as 0xNN, if any. */
function codeIn(text = ''): number | undefined {
  const codes = [...text.matchAll(/\b0x([\dA-F]{2})\b/g)].map(([, digits]) => Number.parseInt(digits, 16));
  return codes.find((code) => code >= 0x80);
}

/** Each clause with the reason code that goes with it, and where it stands. */
const clauses = results.flatMap(({ name, reasonCode, reasonCodeIn, clause, clauseIn = {} }) => {
  const types = new Set([...Object.keys(reasonCodeIn ?? {}), ...Object.keys(clauseIn)]);
  const special = [...types].map((type) => ({
    where: `${name} in ${type}`,
    clause: clauseIn[type],
    reasonCode: reasonCodeIn?.[type] ?? reasonCode,
  }));
  return [{ where: name, clause, reasonCode }, ...special].filter(({ reasonCode }) => reasonCode !== undefined);
});
const isMqtt = (code: number) => code <= -100 && code > -200;

describe('the class of an error of MQTT', () => {
  it('comes from a clause, for every result code that has a reason code, and for no other', () => {
    for (const { name, code, reasonCode, clause } of results) {
      expect(clause !== undefined, `${name}: a reason code and a clause go together`).toBe(reasonCode !== undefined);
      if (reasonCode !== undefined) expect(isMqtt(code), name).toBe(true);
    }
    expect(clauses.filter(({ clause }) => clause === undefined).map(({ where }) => where)).toEqual([]);
  });

  it.each(clauses)('goes with its reason code: $where', ({ clause, reasonCode }) => {
    const { class: kind, words, because } = clause!;
    const expected = codeIn(words) ?? codeIn(because) ?? CODE_OF_CLASS[kind];
    expect(reasonCode).toBe(expected);
    expect(reasonCodes.some(({ code }) => code === reasonCode)).toBe(true);
  });

  it.each(clauses)('is that of the words, or a reason stands beside them: $where', ({ clause }) => {
    const { class: kind, words, because } = clause!;
    const named = Object.entries(CLASS_NAMES).filter(([, pattern]) => pattern.test(words));
    for (const [name] of named) expect(name).toBe(kind);
    const decides = named.length > 0 || codeIn(words) !== undefined;
    expect(because === undefined, `words that decide need no "because", others do: ${words}`).toBe(decides);
  });

  it.each(clauses)('stands in the manifest with the same class and code: $where', ({ clause }) => {
    const { at, standard, class: kind, words } = clause!;
    const { statements, sentences } = entries[standard ?? 5];
    const entry = [...statements, ...sentences].find(({ id }) => id === at);
    expect(entry, at).toBeDefined();
    for (const [name, pattern] of Object.entries(CLASS_NAMES)) {
      if (pattern.test(entry!.says)) expect(name, `${at} says: ${entry!.says}`).toBe(kind);
    }
    if (codeIn(entry!.says) !== undefined && codeIn(words) !== undefined) {
      expect(codeIn(words), `${at} says: ${entry!.says}`).toBe(codeIn(entry!.says));
    }
  });
});
