import { mqtt_topic_filter_check, mqtt_topic_match, mqtt_topic_name_check } from '../../assembly/mqtt';
import { Result } from '../../build/abi/assembly';
import { INPUT, put, putText, repeat } from './bytes';

function nameCheck(topic: string): i32 {
  return mqtt_topic_name_check(INPUT, putText(topic));
}

function filterCheck(filter: string, version: i32): i32 {
  return mqtt_topic_filter_check(INPUT, putText(filter), version);
}

/** The check gives this under both versions. */
function filter(text: string, result: i32): void {
  expect(filterCheck(text, 4)).toBe(result, text);
  expect(filterCheck(text, 5)).toBe(result, text);
}

function shared(text: string, result: i32): void {
  expect(filterCheck(text, 5)).toBe(result, text);
}

/** Puts both into INPUT, one after the other, so that reading past the filter would find the topic. */
function matches(filter: string, topic: string): i32 {
  const filterLength = <u32>String.UTF8.byteLength(filter);
  const length = putText(filter + topic);
  return mqtt_topic_match(INPUT, filterLength, INPUT + filterLength, length - filterLength);
}

function match(filter: string, topic: string): void {
  expect(matches(filter, topic)).toBe(1, filter + ' matches ' + topic);
}

function noMatch(filter: string, topic: string): void {
  expect(matches(filter, topic)).toBe(0, filter + ' does not match ' + topic);
}

describe('mqtt_topic_name_check (4.7)', () => {
  it('accepts any text of one character and more', () => {
    expect(nameCheck('a')).toBe(0);
    expect(nameCheck('/')).toBe(0);
    expect(nameCheck('a b//é€😀/')).toBe(0);
    expect(nameCheck('$SYS/a')).toBe(0);
    expect(nameCheck('$share/g/a')).toBe(0);
  });

  it('refuses an empty one (MQTT-4.7.3-1)', () => {
    expect(nameCheck('')).toBe(Result.TOPIC_EMPTY);
  });

  it('refuses wildcards wherever they stand (MQTT-3.3.2-2)', () => {
    for (let length = 1; length < 24; length++) {
      for (let at = 0; at < length; at++) {
        expect(nameCheck('x'.repeat(at) + '#' + 'x'.repeat(length - at - 1))).toBe(Result.TOPIC_WILDCARD);
        expect(nameCheck('x'.repeat(at) + '+' + 'x'.repeat(length - at - 1))).toBe(Result.TOPIC_WILDCARD);
      }
    }
  });

  it('refuses U+0000 and bad UTF-8 (MQTT-4.7.3-2, MQTT-1.5.4-1)', () => {
    expect(mqtt_topic_name_check(INPUT, put('61 00'))).toBe(Result.UTF8_NUL);
    expect(mqtt_topic_name_check(INPUT, put('61 c0af'))).toBe(Result.UTF8_INVALID);
  });

  it('accepts 65,535 bytes and refuses one more without reading them (MQTT-4.7.3-3)', () => {
    expect(mqtt_topic_name_check(INPUT, 65536)).toBe(Result.STRING_TOO_LONG);
    const text = 'y'.repeat(65535);
    const utf8 = String.UTF8.encode(text);
    expect(mqtt_topic_name_check(changetype<usize>(utf8), 65535)).toBe(0);
  });
});

describe('mqtt_topic_filter_check (4.7.1)', () => {
  it('accepts the valid examples of the standard', () => {
    filter('sport/tennis/player1/#', 0);
    filter('sport/#', 0);
    filter('#', 0);
    filter('sport/tennis/#', 0);
    filter('+', 0);
    filter('+/tennis/#', 0);
    filter('sport/+/player1', 0);
    filter('+/+', 0);
    filter('/+', 0);
    filter('/', 0);
    filter('/#', 0);
    filter('//', 0);
    filter('a/+/+/#', 0);
    filter('$SYS/#', 0);
    filter('é/+/😀', 0);
  });

  it('refuses # that is not alone in the last level (MQTT-4.7.1-1)', () => {
    const code = Result.FILTER_WILDCARD_MISPLACED;
    filter('sport/tennis#', code);
    filter('sport/tennis/#/ranking', code);
    filter('#/', code);
    filter('##', code);
    filter('#a', code);
    filter('a#', code);
    filter('/a#', code);
    filter('a/#b', code);
    filter('#+', code);
  });

  it('refuses + that does not fill its level (MQTT-4.7.1-2)', () => {
    const code = Result.FILTER_PLUS_MISPLACED;
    filter('sport+', code);
    filter('+sport', code);
    filter('a/b+/c', code);
    filter('a/+b/c', code);
    filter('++', code);
    filter('a/++', code);
    filter('+#', code);
    filter('a/+#', code);
  });

  it('refuses a misplaced wildcard at every place of a long filter', () => {
    for (let at = 1; at < 24; at++) {
      filter('x'.repeat(at) + '#', Result.FILTER_WILDCARD_MISPLACED);
      filter('x'.repeat(at) + '+/', Result.FILTER_PLUS_MISPLACED);
      filter('x'.repeat(at) + '/+x', Result.FILTER_PLUS_MISPLACED);
      filter('x'.repeat(at) + '/+', 0);
      filter('x'.repeat(at) + '/#', 0);
    }
  });

  it('refuses an empty filter, bad text and too long text', () => {
    filter('', Result.TOPIC_EMPTY);
    expect(mqtt_topic_filter_check(INPUT, put('61 00'), 5)).toBe(Result.UTF8_NUL);
    expect(mqtt_topic_filter_check(INPUT, put('eda080'), 4)).toBe(Result.UTF8_INVALID);
    expect(mqtt_topic_filter_check(INPUT, 65536, 5)).toBe(Result.STRING_TOO_LONG);
  });

  it('knows shared subscriptions under MQTT 5 (4.8.2)', () => {
    shared('$share/consumer1/sport/tennis/+', 0);
    shared('$share/consumer1//finance', 0);
    shared('$share/g/#', 0);
    shared('$share/g//', 0);
    shared('$share', 0);
    shared('$shared/+/#', 0);
    shared('$SHARE/', 0);
    shared('$share/', Result.SHARE_NAME_INVALID);
    shared('$share//a', Result.SHARE_NAME_INVALID);
    const code = Result.SHARE_FILTER_INVALID;
    shared('$share/g', code);
    shared('$share/g/', code);
    shared('$share/+/a', code);
    shared('$share/#', code);
    shared('$share/#/a', code);
    shared('$share/g+/a', code);
    shared('$share/#g/a', code);
    shared('$share/g/a#', Result.FILTER_WILDCARD_MISPLACED);
    shared('$share/g/+a', Result.FILTER_PLUS_MISPLACED);
    shared('$share/g/#/a', Result.FILTER_WILDCARD_MISPLACED);
  });

  it('takes $share for an ordinary level under 3.1.1', () => {
    expect(filterCheck('$share/', 4)).toBe(0);
    expect(filterCheck('$share//a', 4)).toBe(0);
    expect(filterCheck('$share/+/a', 4)).toBe(0);
  });
});

describe('mqtt_topic_match (4.7.1, 4.7.2, 4.7.3)', () => {
  it('compares text byte by byte', () => {
    match('a', 'a');
    match('a/b/c', 'a/b/c');
    match('/', '/');
    match('ACCOUNTS', 'ACCOUNTS');
    noMatch('ACCOUNTS', 'Accounts');
    noMatch('a', 'b');
    noMatch('a', 'ab');
    noMatch('ab', 'a');
    noMatch('a', 'a/');
    noMatch('a/', 'a');
    noMatch('/finance', 'finance');
    noMatch('finance', '/finance');
    match('Accounts payable', 'Accounts payable');
    noMatch('a/b', 'a/bc');
    noMatch('a/b', 'a/b/c');
    match('é/😀', 'é/😀');
    noMatch('é', 'è');
  });

  it('# matches any number of levels, and the parent', () => {
    match('sport/tennis/player1/#', 'sport/tennis/player1');
    match('sport/tennis/player1/#', 'sport/tennis/player1/ranking');
    match('sport/tennis/player1/#', 'sport/tennis/player1/score/wimbledon');
    match('sport/#', 'sport');
    match('a/#', 'a');
    match('a/#', 'a/');
    match('a/#', 'a//');
    match('#', 'a');
    match('#', '/');
    match('#', 'a/b/c');
    match('/#', '/');
    match('/#', '/a/b');
    noMatch('/#', 'a');
    noMatch('a/#', 'ab');
    noMatch('a/#', 'b/a');
    noMatch('a/b/#', 'a');
    noMatch('sport/tennis/player1/#', 'sport/tennis/player2');
    noMatch('sport/tennis/player1/#', 'sport/tennis/player10');
  });

  it('+ matches exactly one level, which may be empty', () => {
    match('sport/tennis/+', 'sport/tennis/player1');
    match('sport/tennis/+', 'sport/tennis/player2');
    noMatch('sport/tennis/+', 'sport/tennis/player1/ranking');
    noMatch('sport/+', 'sport');
    match('sport/+', 'sport/');
    noMatch('sport/+', 'sport//');
    match('+', 'finance');
    noMatch('+', '/finance');
    match('+/+', '/finance');
    match('/+', '/finance');
    noMatch('/+', 'finance');
    match('+/+', '/');
    noMatch('+', '/');
    match('a/+/c', 'a//c');
    match('a/+/c', 'a/b/c');
    noMatch('a/+/c', 'a/b/d');
    noMatch('a/+/c', 'a/b/c/d');
    noMatch('+/b', 'a/c');
    match('+/+/+', 'a/b/c');
    noMatch('+/+/+', 'a/b');
  });

  it('both together', () => {
    match('+/tennis/#', 'sport/tennis');
    match('+/tennis/#', 'sport/tennis/player1/score');
    match('+/#', 'a');
    match('+/#', 'a/b/c');
    match('+/#', '/');
    match('a/+/#', 'a/b');
    match('a/+/#', 'a/');
    noMatch('a/+/#', 'a');
    match('/+/#', '//');
  });

  it('a wildcard at the start does not match a topic that begins with $ (MQTT-4.7.2-1)', () => {
    noMatch('#', '$SYS');
    noMatch('#', '$SYS/monitor/Clients');
    noMatch('+/monitor/Clients', '$SYS/monitor/Clients');
    noMatch('+', '$');
    noMatch('+/#', '$SYS/a');
    match('$SYS/#', '$SYS/monitor/Clients');
    match('$SYS/#', '$SYS');
    match('$SYS/monitor/+', '$SYS/monitor/Clients');
    match('$SYS/+/Clients', '$SYS/monitor/Clients');
    match('a/#', 'a/$SYS');
    match('+/+', 'a/$SYS');
    match('#', 'a/$b');
    match('/#', '/$SYS');
  });

  it('an empty filter or topic matches nothing', () => {
    noMatch('', '');
    noMatch('#', '');
    noMatch('+', '');
    noMatch('', 'a');
  });

  it('a long filter is read to its last byte', () => {
    const levels = repeat('ab/', 40);
    match(levels + '#', levels + 'x');
    match(levels + '+', levels + 'x');
    noMatch(levels + 'x', levels + 'y');
  });
});
