import { describe, expect, it } from 'vitest';
import { checkTopicFilter, checkTopicName, MqttError, Result, topicMatches } from '../../../host/core/index.js';

/** The rules of 4.7, level by level. */
function matches(filter: string, topic: string): boolean {
  if (topic.startsWith('$') && /^[#+]/.test(filter)) return false;
  const levels = topic.split('/');
  const wanted = filter.split('/');
  for (const [at, level] of wanted.entries()) {
    if (level === '#') return true;
    if (at >= levels.length || (level !== '+' && level !== levels[at])) return false;
  }
  return wanted.length === levels.length;
}

/** All texts of at most `longest` of these characters. */
function texts(characters: string, longest: number): string[] {
  let last = [''];
  const all: string[] = [];
  for (let length = 1; length <= longest; length++) {
    last = last.flatMap((text) => [...characters].map((character) => text + character));
    all.push(...last);
  }
  return all;
}

describe('topicMatches (MQTT 5 4.7)', () => {
  it('agrees with a comparison level by level for every short filter and topic', () => {
    const filters = texts('ab/+#$', 4).filter((filter) => checkTopicFilter(filter, 4) === 0);
    const topics = texts('ab/$', 4);
    expect(filters.length).toBeGreaterThan(300);
    const wrong: string[] = [];
    let matching = 0;
    for (const filter of filters) {
      for (const topic of topics) {
        const expected = matches(filter, topic);
        if (expected) matching++;
        if (topicMatches(filter, topic) !== expected) wrong.push(`${filter} ${topic}`);
      }
    }
    expect(wrong).toEqual([]);
    expect(matching).toBeGreaterThan(1000);
  });

  it('compares characters beyond ASCII byte by byte, without normalizing (1.5.4)', () => {
    expect(topicMatches('é/+', 'é/😀')).toBe(true);
    expect(topicMatches('e\u0301', '\u00e9')).toBe(false);
  });

  it('compares the longest topics to their last byte', () => {
    const longest = 'a'.repeat(65_535);
    expect(topicMatches(longest, longest)).toBe(true);
    expect(topicMatches(longest, `${longest.slice(1)}b`)).toBe(false);
  });
});

describe('checkTopicFilter (MQTT 5 4.7.1, 4.8.2)', () => {
  /** The rules of 4.7.1, level by level: the code of the first misplaced wildcard, or 0. */
  function expected(filter: string): number {
    const levels = filter.split('/');
    const isRight = (level: string, at: number) =>
      level === '#' ? at === levels.length - 1 : level === '+' || !/[#+]/.test(level);
    const wrong = levels.find((level, at) => !isRight(level, at));
    if (wrong === undefined) return 0;
    return /[#+]/.exec(wrong)?.[0] === '#' ? Result.FILTER_WILDCARD_MISPLACED : Result.FILTER_PLUS_MISPLACED;
  }

  it('agrees with the rules level by level for every short text', () => {
    for (const filter of texts('ab/+#', 5)) {
      const result = checkTopicFilter(filter);
      expect(result, filter).toBe(expected(filter));
      expect(checkTopicFilter(filter, 4), filter).toBe(result);
    }
  });

  it.each([
    ['a shared subscription', '$share/group/a/#', undefined, 0],
    ['a shared subscription without a name', '$share//a', undefined, Result.SHARE_NAME_INVALID],
    ['a shared subscription without a filter', '$share/group', undefined, Result.SHARE_FILTER_INVALID],
    ['the same text under 3.1.1, which has no shared subscriptions', '$share/group', 4, 0],
    ['a share name with a wildcard', '$share/g+/a', 5, Result.SHARE_FILTER_INVALID],
    ['the empty text', '', undefined, Result.TOPIC_EMPTY],
    ['U+0000', 'a\0', undefined, Result.UTF8_NUL],
    ['65,534 bytes', 'é'.repeat(32_767), undefined, 0],
    ['more than 65,535 bytes', 'é'.repeat(32_768), undefined, Result.STRING_TOO_LONG],
  ] as const)('returns the verdict on %s', (_, filter, protocolVersion, expected) => {
    expect(checkTopicFilter(filter, protocolVersion)).toBe(expected);
  });
});

describe('checkTopicName (MQTT 5 4.7, 3.3.2.1)', () => {
  it('accepts text without wildcards', () => {
    for (const topic of texts('ab/$ ', 4)) expect(checkTopicName(topic), topic).toBe(0);
    expect(checkTopicName('é€😀')).toBe(0);
  });

  it.each([
    ['a wildcard for one level', 'a/+', Result.TOPIC_WILDCARD],
    ['a wildcard for all levels', '#', Result.TOPIC_WILDCARD],
    ['the empty text', '', Result.TOPIC_EMPTY],
    ['U+0000', '\0', Result.UTF8_NUL],
    ['65,535 bytes', 'a'.repeat(65_535), 0],
    ['more than 65,535 bytes', 'a'.repeat(65_536), Result.STRING_TOO_LONG],
  ] as const)('returns the verdict on %s', (_, topic, expected) => {
    expect(checkTopicName(topic)).toBe(expected);
  });
});

describe('an argument that is not valid text', () => {
  it.each([
    ['the first half', '\ud83d'],
    ['the second half', '\ude00'],
    ['a half among other characters', 'a\ud800b'],
    ['both halves in the wrong order', '\ude00\ud83d'],
  ])('is refused, not replaced, when it holds %s of a surrogate pair', (_, half) => {
    for (const call of [
      () => checkTopicName(half),
      () => checkTopicFilter(half),
      () => topicMatches(half, 'a'),
      () => topicMatches('a', half),
    ]) {
      expect(call).toThrow(MqttError);
      expect(call).toThrow(expect.objectContaining({ codeName: 'UTF8_INVALID', byteOffset: -1 }));
    }
    expect(() => checkTopicName(half)).toThrow('cannot encode topic');
    expect(() => checkTopicFilter(half)).toThrow('cannot encode topicFilter');
  });

  it.each<[string, () => unknown, string]>([
    ['the topic of checkTopicName', () => checkTopicName(5 as never), 'topic'],
    ['the filter of checkTopicFilter', () => checkTopicFilter(undefined as never), 'topicFilter'],
    ['the filter of topicMatches', () => topicMatches(5 as never, 'a'), 'topicFilter'],
    ['the topic of topicMatches', () => topicMatches('a', null as never), 'topic'],
  ])('is a TypeError when %s is not a string', (_, call, name) => {
    expect(call).toThrow(new TypeError(`${name} must be a string`));
  });
});
