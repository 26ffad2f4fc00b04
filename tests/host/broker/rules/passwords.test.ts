import { describe, expect, it } from 'vitest';
import { type PasswordOptions, passwordRules } from '../../../../host/broker/index.js';
import { certificateOf, text, World } from '../world.js';

describe.each([4, 5] as const)('user name and password, protocol version %i', (protocolVersion) => {
  const refusal = protocolVersion === 5 ? 0x87 : 5;
  const users = new Map([['ann', 'secret']]);
  const codeFor = (options: PasswordOptions, userName?: string, password?: string) => {
    const world = new World({ rules: passwordRules(options) });
    const client = world.connect({
      protocolVersion,
      userName,
      password: password === undefined ? undefined : text(password),
    });
    expect(client.isClosed).toBe(client.connack.reasonCode !== 0);
    expect(world.eventsOf('refused').length).toBe(client.connack.reasonCode !== 0 ? 1 : 0);
    return client.connack.reasonCode;
  };

  it.each<[string, string, string | undefined, boolean]>([
    ['the right password', 'ann', 'secret', true],
    ['other capital letters', 'ann', 'Secret', false],
    ['an empty password', 'ann', '', false],
    ['no password', 'ann', undefined, false],
    ['an unknown name', 'bob', 'secret', false],
    ['a name of Object.prototype', 'toString', '', false],
  ])('let a client in with the right password only: %s', (_, userName, password, isAdmitted) => {
    expect(codeFor({ users }, userName, password)).toBe(isAdmitted ? 0 : refusal);
  });

  it.each<[string, PasswordOptions, string[], boolean]>([
    ['no list and no name', {}, [], true],
    ['a list and no name', { users }, [], false],
    ['a list, anonymous clients allowed', { users, allowAnonymous: true }, [], true],
    ['a wrong password, anonymous clients allowed', { users, allowAnonymous: true }, ['ann', 'wrong'], false],
    ['anonymous clients not allowed', { allowAnonymous: false }, [], false],
    ['any name without a list, anonymous clients not allowed', { allowAnonymous: false }, ['ann', 'secret'], false],
  ])('are needed once there is a list, unless anonymous clients are allowed: %s', (_, options, names, isAdmitted) => {
    const [userName, password] = names;
    expect(codeFor(options, userName, password)).toBe(isAdmitted ? 0 : refusal);
  });

  it.each([
    ['123', true],
    ['12', false],
  ])('may be decided by a callback: password %s', (password, isAdmitted) => {
    const callback = (name: string, given: Uint8Array) => name === 'x' && given.length === 3;
    expect(codeFor({ users: callback }, 'x', password)).toBe(isAdmitted ? 0 : refusal);
  });

  it('are ignored where the certificate is the user name', () => {
    const rules = passwordRules({ users, useIdentityAsUsername: true });
    const world = new World({ rules });
    const secret = { protocolVersion, userName: 'ann', password: text('secret') };
    expect(world.connect({ ...secret, clientId: 'bare' }).connack.reasonCode).toBe(refusal);
    world.connect(secret, { tls: { certificate: certificateOf('device-1') } });
    expect(world.eventsOf('connected')).toMatchObject([{ clientId: 'client', userName: 'device-1' }]);
  });
});
