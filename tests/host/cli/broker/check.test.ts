import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { BrokerRig } from './broker-rig.js';

let rig: BrokerRig;

beforeEach(() => {
  rig = new BrokerRig();
});

afterEach(() => rig.remove());

const CONF = `per_listener_settings true
listener 1883 127.0.0.1
allow_anonymous true
listener 1884
password_file DIR/passwords
acl_file DIR/acl
max_connections 10
mount_point site/
protocol websockets
max_queued_messages 5
persistence true
persistence_location DIR/state
connection other
address example.com:1885
topic a/# both 1
log_type error
`;

describe('wasmqtt broker --check', () => {
  it('says what a configuration means, and opens nothing', async () => {
    rig.write('passwords', '');
    rig.write('acl', 'topic #');
    const { code, stdout } = await rig.run(CONF, '--check').ended;
    expect(code).toBe(0);
    expect(stdout.replaceAll(`${rig.path('')}/`, '')).toBe(`listener     mqtt port 1883 of 127.0.0.1
             this machine only
             no TLS
             comes in: everybody
             may read and write: everything
listener     ws port 1884 of all addresses
             other machines can connect
             no TLS
             comes in: users of passwords
             may read and write: what acl says
             at most 10 clients
             topics begin with site/
limits       at most 5 messages waiting for one client
             $SYS topics every 10 s
state        is kept in state
bridge       other to example.com port 1885
             out: a/#, QoS 1
             in: a/#, QoS 1
log          error to standard error
`);
  });

  it('shows warnings beside it', async () => {
    const { code, stdout, stderr } = await rig.run('listener 1883\nretry_interval 5\n', '--check').ended;
    expect(code).toBe(0);
    expect(stderr.split('\n').map((line) => line.replace(`${rig.path('')}/`, ''))).toEqual([
      'm.conf:2:1: warning: retry_interval is not supported: mosquitto has removed it, and it has no effect; remove the line',
      'm.conf:1:1: warning: nobody can come in by this listener; add password_file, "use_identity_as_username true", or "allow_anonymous true"',
      '',
    ]);
    expect(stdout).toContain('comes in: nobody\n');
  });

  it('ends with exit code 2 when there are mistakes', async () => {
    const { code, stdout, stderr } = await rig.run('nonsense\n', '--check').ended;
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toMatch(/m\.conf:1:1: error: the option "nonsense" is not known; /);
  });

  it('prints the plan, or what is wrong, with --json', async () => {
    const good = rig.run('listener 1883 127.0.0.1\nallow_anonymous true\n', '--check', '--json');
    expect((await good.ended).code).toBe(0);
    expect(good.events).toMatchObject([
      { event: 'plan', plan: { listeners: [{ protocol: 'mqtt', host: '127.0.0.1', port: 1883 }] } },
    ]);
    const bad = rig.run('listener 1883\nmax_qos 7\nnonsense\n', '--check', '--json');
    expect((await bad.ended).code).toBe(2);
    expect(bad.events).toMatchObject([
      { event: 'finding', severity: 'error', line: 2, column: 9 },
      { event: 'finding', severity: 'error', line: 3, column: 1 },
      { event: 'finding', severity: 'warning', line: 1, column: 1 },
    ]);
  });
});
