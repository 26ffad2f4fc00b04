import { describe, expect, it } from 'vitest';
import { checkTopicFilter, checkTopicName, MqttError, Result, topicMatches } from '../../../host/core/index.js';

/** What 4.7 says, level by level. */
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

/** All texts of up to `longest` of these characters. */
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
  it('agrees with a comparison level by level, for every short filter and topic', () => {
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
  /** What 4.7.1 says, level by level: the code of the first wildcard that is misplaced, or 0. */
  function expected(filter: string): number {
    const levels = filter.split('/');
    const isRight = (level: string, at: number) =>
      level === '#' ? at === levels.length - 1 : level === '+' || !/[#+]/.test(level);
    const wrong = levels.find((level, at) => !isRight(level, at));
    if (wrong === undefined) return 0;
    return /[#+]/.exec(wrong)?.[0] === '#' ? Result.FILTER_WILDCARD_MISPLACED : Result.FILTER_PLUS_MISPLACED;
  }

  it('agrees with the rules level by level, for every short text', () => {
    for (const filter of texts('ab/+#', 5)) {
      const result = checkTopicFilter(filter);
      expect(result, filter).toBe(expected(filter));
      expect(checkTopicFilter(filter, 4), filter).toBe(result);
    }
  });

  it('knows shared subscriptions, which 3.1.1 does not', () => {
    expect(checkTopicFilter('$share/group/a/#')).toBe(0);
    expect(checkTopicFilter('$share//a')).toBe(Result.SHARE_NAME_INVALID);
    expect(checkTopicFilter('$share/group')).toBe(Result.SHARE_FILTER_INVALID);
    expect(checkTopicFilter('$share/group', 4)).toBe(0);
    expect(checkTopicFilter('$share/g+/a', 5)).toBe(Result.SHARE_FILTER_INVALID);
  });

  it('refuses the empty text, U+0000 and more than 65,535 bytes', () => {
    expect(checkTopicFilter('')).toBe(Result.TOPIC_EMPTY);
    expect(checkTopicFilter('a\0')).toBe(Result.UTF8_NUL);
    expect(checkTopicFilter('é'.repeat(32_767))).toBe(0);
    expect(checkTopicFilter('é'.repeat(32_768))).toBe(Result.STRING_TOO_LONG);
  });
});

describe('checkTopicName (MQTT 5 4.7, 3.3.2.1)', () => {
  it('accepts text without wildcards', () => {
    for (const topic of texts('ab/$ ', 4)) expect(checkTopicName(topic), topic).toBe(0);
    expect(checkTopicName('é€😀')).toBe(0);
  });

  it('refuses wildcards, the empty text, U+0000 and more than 65,535 bytes', () => {
    expect(checkTopicName('a/+')).toBe(Result.TOPIC_WILDCARD);
    expect(checkTopicName('#')).toBe(Result.TOPIC_WILDCARD);
    expect(checkTopicName('')).toBe(Result.TOPIC_EMPTY);
    expect(checkTopicName('\0')).toBe(Result.UTF8_NUL);
    expect(checkTopicName('a'.repeat(65_535))).toBe(0);
    expect(checkTopicName('a'.repeat(65_536))).toBe(Result.STRING_TOO_LONG);
  });
});

describe('text that no UTF-8 can hold', () => {
  it('half of a surrogate pair is refused, not replaced', () => {
    for (const half of ['\ud83d', '\ude00', 'a\ud800b', '\ude00\ud83d']) {
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
    }
  });

  it('what is no text is a TypeError that names the argument', () => {
    expect(() => checkTopicName(5 as never)).toThrow(new TypeError('topic must be a string'));
    expect(() => checkTopicFilter(undefined as never)).toThrow(new TypeError('topicFilter must be a string'));
    expect(() => topicMatches(5 as never, 'a')).toThrow(new TypeError('topicFilter must be a string'));
    expect(() => topicMatches('a', null as never)).toThrow(new TypeError('topic must be a string'));
  });
});
