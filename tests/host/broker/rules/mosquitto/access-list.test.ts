import { describe, expect, it } from 'vitest';
import type { ClientIdentity } from '../../../../../host/broker/index.js';
import { AccessList } from '../../../../../host/broker/rules/mosquitto/access-list.js';
import { readAclFile } from '../../../../../host/broker/rules/mosquitto/acl-file.js';

const client = (clientId: string, userName?: string) => ({ clientId, userName }) as ClientIdentity;

function allowed(acl: string, who: ClientIdentity, topic: string): string {
  const list = new AccessList(readAclFile(acl).file);
  const accesses = (['read', 'write'] as const).filter((access) => list.check(who, topic, access) === undefined);
  return accesses.join(' ') || 'nothing';
}

describe('an ACL file', () => {
  it.each<[string, string, ClientIdentity, string, string]>([
    ['read alone', 'topic read a', client('c'), 'a', 'read'],
    ['write alone', 'topic write a', client('c'), 'a', 'write'],
    ['both by name', 'topic readwrite a', client('c'), 'a', 'read write'],
    ['both without a word', 'topic a', client('c'), 'a', 'read write'],
    ['a topic that is called like an access', 'topic read', client('c'), 'read', 'read write'],
    ['a topic with spaces', 'topic read  a b', client('c'), 'a b', 'read'],
    ['nothing of what is not listed', 'topic a', client('c'), 'b', 'nothing'],
    ['nothing when it is empty', '', client('c'), 'a', 'nothing'],
    ['deny before what allows, wherever it stands', 'topic a/#\ntopic deny a/b', client('c'), 'a/b', 'nothing'],
    ['what deny leaves', 'topic deny a/b\ntopic a/#', client('c'), 'a/c', 'read write'],
    ['one level for +', 'topic a/+/c', client('c'), 'a/b/c', 'read write'],
    ['not two levels for +', 'topic a/+', client('c'), 'a/b/c', 'nothing'],
    ['the parent of #', 'topic a/#', client('c'), 'a', 'read write'],
    ['no $ topics for #', 'topic #', client('c'), '$SYS/x', 'nothing'],
    ['$ topics by name', 'topic read $SYS/#', client('c'), '$SYS/x', 'read'],
    ['the anonymous section for clients without a name', 'topic a\nuser ann\ntopic b', client('c'), 'b', 'nothing'],
    [
      'not the anonymous section for clients with a name',
      'topic a\nuser ann\ntopic b',
      client('c', 'ann'),
      'a',
      'nothing',
    ],
    ['the section of the user', 'user ann\ntopic b\nuser bob\ntopic c', client('c', 'ann'), 'b', 'read write'],
    [
      'two sections of one user',
      'user ann\ntopic b\nuser bob\ntopic c\nuser ann\ntopic d',
      client('c', 'ann'),
      'd',
      'read write',
    ],
    ['a user name with spaces', 'user  ann lee\ntopic b', client('c', 'ann lee'), 'b', 'read write'],
    ['nothing for a user without a section', 'topic a\nuser ann\ntopic b', client('c', 'eve'), 'b', 'nothing'],
    ['the client id in a pattern', 'pattern read d/%c', client('c1', 'ann'), 'd/c1', 'read'],
    ['the user name in a pattern', 'pattern write d/%u/x', client('c1', 'ann'), 'd/ann/x', 'write'],
    ['both in one pattern', 'pattern d/%u/%c', client('c1', 'ann'), 'd/ann/c1', 'read write'],
    ['a pattern of another', 'pattern d/%u', client('c1', 'ann'), 'd/bob', 'nothing'],
    ['no user name, no pattern with one', 'pattern d/%u', client('c1'), 'd/', 'nothing'],
    ['a pattern behind a user line for everybody', 'user bob\npattern d/%c', client('c1', 'ann'), 'd/c1', 'read write'],
    [
      'the lines of the user before patterns that deny',
      'pattern deny d/%c\nuser ann\ntopic d/#',
      client('c1', 'ann'),
      'd/c1',
      'read write',
    ],
    [
      'a pattern that denies before one that allows',
      'pattern d/#\npattern deny d/%c',
      client('c1', 'ann'),
      'd/c1',
      'nothing',
    ],
    ['no pattern for a client id with a wildcard', 'pattern d/%c', client('+', 'ann'), 'd/x', 'nothing'],
    ['no pattern for a user name with a wildcard', 'pattern d/%u/#', client('c', '#'), 'd/x', 'nothing'],
    ['a slash in a name makes levels', 'pattern d/%u', client('c', 'a/b'), 'd/a/b', 'read write'],
    ['a name that looks like a variable', 'pattern d/%u', client('c', '%c'), 'd/%c', 'read write'],
    ['line separators of Unicode in a topic', 'topic a\u2028b', client('c'), 'a\u2028b', 'read write'],
    ['comments and empty lines', '# x\n\n  # y\ntopic a\r\n', client('c'), 'a', 'read write'],
  ])('allows %s', (_, acl, who, topic, expected) => {
    expect(allowed(acl, who, topic)).toBe(expected);
  });

  it.each<[string, string]>([
    ['topic', 'the topic is missing; write it behind "topic"'],
    ['topic foo a/b', '"foo" is not an access; write read, write, readwrite or deny before a topic with a space'],
    ['topic read a/#/b', '"a/#/b" is not a topic filter: + and # stand alone between slashes, # at the end'],
    ['pattern a+', '"a+" is not a topic filter: + and # stand alone between slashes, # at the end'],
    ['foo bar', '"foo" is not known; write user, topic or pattern'],
    ['user', 'the user name is missing; write it behind "user"'],
  ])('with a mistake is refused with the line: %s', (line, message) => {
    expect(readAclFile(`topic a\n${line}\n`).mistakes).toEqual([{ line: 2, message }]);
  });

  it('says why access is refused', () => {
    const list = new AccessList(readAclFile('user ann\ntopic a\npattern %c\n').file);
    expect(list.check(client('c', 'ann'), 'b', 'write')).toBe('the ACL lets user ann not write b');
    expect(list.check(client('c'), 'a', 'read')).toBe('the ACL lets the anonymous client c not read a');
    expect(list.check(client('+'), 'a', 'read')).toBe(
      'the anonymous client +: a name with + or # may not fill a pattern of the ACL',
    );
  });
});
