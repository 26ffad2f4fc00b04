import { describe, expect, it } from 'vitest';
import { passwordAuthentication } from '../../../../host/broker/index.js';
import { text, World } from '../world.js';

describe.each([4, 5] as const)('user name and password, protocol version %i', (protocolVersion) => {
  const refusal = protocolVersion === 5 ? 0x87 : 5;
  const users = new Map([['ann', 'secret']]);
  const codeFor = (options: Parameters<typeof passwordAuthentication>[0], userName?: string, password?: string) => {
    const world = new World({ authenticate: passwordAuthentication(options) });
    const client = world.connect({
      protocolVersion,
      userName,
      password: password === undefined ? undefined : text(password),
    });
    expect(client.isClosed).toBe(client.connack.reasonCode !== 0);
    expect(world.eventsOf('refused').length).toBe(client.connack.reasonCode !== 0 ? 1 : 0);
    return client.connack.reasonCode;
  };

  it('let in with the right password only', () => {
    expect(codeFor({ users }, 'ann', 'secret')).toBe(0);
    expect(codeFor({ users }, 'ann', 'Secret')).toBe(refusal);
    expect(codeFor({ users }, 'ann', '')).toBe(refusal);
    expect(codeFor({ users }, 'ann')).toBe(refusal);
    expect(codeFor({ users }, 'bob', 'secret')).toBe(refusal);
    expect(codeFor({ users }, 'toString', '')).toBe(refusal);
  });

  it('are needed once there is a list, unless anonymous clients are let in', () => {
    expect(codeFor({})).toBe(0);
    expect(codeFor({ users })).toBe(refusal);
    expect(codeFor({ users, allowAnonymous: true })).toBe(0);
    expect(codeFor({ users, allowAnonymous: true }, 'ann', 'wrong')).toBe(refusal);
    expect(codeFor({ allowAnonymous: false })).toBe(refusal);
    expect(codeFor({ allowAnonymous: false }, 'ann', 'secret')).toBe(refusal);
  });

  it('may be decided by a callback', () => {
    const callback = (name: string, password: Uint8Array) => name === 'x' && password.length === 3;
    expect(codeFor({ users: callback }, 'x', '123')).toBe(0);
    expect(codeFor({ users: callback }, 'x', '12')).toBe(refusal);
  });

  it('give way to the certificate where that is the user name', () => {
    const authenticate = passwordAuthentication({ users, useIdentityAsUsername: true });
    const world = new World({ authenticate });
    const secret = { protocolVersion, userName: 'ann', password: text('secret') };
    expect(world.connect({ ...secret, clientId: 'bare' }).connack.reasonCode).toBe(refusal);
    world.connect(secret, { tls: { certificateCommonName: 'device-1' } });
    expect(world.eventsOf('connected')).toMatchObject([{ clientId: 'client', userName: 'device-1' }]);
  });
});
