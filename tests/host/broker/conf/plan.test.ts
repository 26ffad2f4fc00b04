import { describe, expect, it } from 'vitest';
import { plan } from './config-rig.js';

const { POSITIVE_INFINITY } = Number;

describe('listeners', () => {
  it('without any, only this machine can connect, without a name', () => {
    const { isLocalOnly, listeners } = plan('').plan;
    expect(isLocalOnly).toBe(true);
    expect(listeners.map(({ protocol, host, port, isOptional }) => [protocol, host, port, isOptional])).toEqual([
      ['mqtt', '127.0.0.1', 1883, false],
      ['mqtt', '::1', 1883, true],
    ]);
    expect(listeners[0].security.allowAnonymous).toBe(true);
  });

  it('ports of the command line take the place of 1883, unless a listener is configured', () => {
    const ports = (text: string) => plan(text, {}, { ports: [1884, 1885] }).plan.listeners.map(({ port }) => port);
    expect(ports('')).toEqual([1884, 1884, 1885, 1885]);
    expect(ports('listener 1883')).toEqual([1883]);
  });

  it('are on all addresses unless one is named, and let nobody in unless they are told to', () => {
    const { listeners, isLocalOnly } = plan('listener 1883\nlistener 1884 127.0.0.1\nlistener 0 /tmp/my broker').plan;
    expect(isLocalOnly).toBe(false);
    expect(listeners.map(({ host, port, socket }) => [host, port, socket])).toEqual([
      [undefined, 1883, undefined],
      ['127.0.0.1', 1884, undefined],
      [undefined, 0, '/tmp/my broker'],
    ]);
    expect(listeners.map(({ security }) => security.allowAnonymous)).toEqual([false, false, false]);
  });

  it('port is one on all addresses, the last of several', () => {
    const { listeners } = plan('port 1884\nport 1885\nmax_connections 3\n').plan;
    expect(listeners).toMatchObject([{ port: 1885, host: undefined, maximumConnections: 3 }]);
  });

  it('port and bind_address behind a listener open another one', () => {
    const { listeners } = plan('listener 1884\nbind_address localhost\n').plan;
    expect(listeners.map(({ host, port }) => [host, port])).toEqual([
      [undefined, 1884],
      ['localhost', 1883],
    ]);
  });

  it('are on the addresses of an interface instead of the one that is named', () => {
    const { listeners } = plan('listener 1884 127.0.0.1\nbind_interface lo\n').plan;
    expect(listeners).toMatchObject([{ networkInterface: 'lo', host: undefined }]);
  });

  it('have settings of their own', () => {
    const text =
      'listener 1883\nmax_connections -1\nlistener 1884\nmax_qos 1\nmax_topic_alias 3\nmax_topic_alias_broker 4\nmount_point a/\nsocket_domain ipv6\nbind_interface lo\nuse_username_as_clientid true';
    expect(plan(text).plan.listeners).toMatchObject([
      {
        maximumConnections: POSITIVE_INFINITY,
        maximumQoS: 2,
        topicAliasMaximum: 10,
        outgoingTopicAliases: 10,
        mountPoint: undefined,
      },
      {
        maximumQoS: 1,
        topicAliasMaximum: 3,
        outgoingTopicAliases: 4,
        mountPoint: 'a/',
        family: 6,
        networkInterface: 'lo',
        security: { userNameAsClientId: true },
      },
    ]);
  });
});

describe('security settings', () => {
  const files = { p1: '', p2: '', a: 'topic #' };

  it('hold for all listeners', () => {
    const text = 'listener 1\nallow_anonymous true\npassword_file p1\nacl_file a\nauto_id_prefix x-\nlistener 2\n';
    const { listeners } = plan(text, files).plan;
    expect(listeners[0].security).toMatchObject({ allowAnonymous: true, autoIdPrefix: 'x-' });
    expect(listeners[1].security).toEqual(listeners[0].security);
    expect(listeners[1].security.passwordFile?.path).toBe('p1');
  });

  it('hold for the listener before them with per_listener_settings', () => {
    const text =
      'per_listener_settings true\nlistener 1\nallow_anonymous true\nlistener 2\npassword_file p2\nallow_zero_length_clientid false\n';
    const [one, two] = plan(text, files).plan.listeners.map(({ security }) => security);
    expect(one).toMatchObject({ allowAnonymous: true, passwordFile: undefined, allowZeroLengthClientId: true });
    expect(two).toMatchObject({ allowAnonymous: false, allowZeroLengthClientId: false });
    expect(two.passwordFile?.path).toBe('p2');
  });
});

describe('the broker', () => {
  it('has the limits of the configuration, where 0 is none', () => {
    const text =
      'max_inflight_messages 0\nmax_inflight_bytes 100\nmax_queued_messages 5\nmax_queued_bytes 0\nmax_packet_size 1000\npacket_max_connect 500\nmessage_size_limit 10\nmax_keepalive 60\npersistent_client_expiration 2w\n';
    expect(plan(text).plan.limits).toEqual({
      inflightMessages: POSITIVE_INFINITY,
      inflightBytes: 100,
      queuedMessages: 5,
      queuedBytes: POSITIVE_INFINITY,
      maximumPacketSize: 1000,
      connectPacketSize: 500,
      messageSize: 10,
      keepAlive: 60,
      sessionExpiry: 14 * 86_400_000,
    });
    expect(Object.values(plan('').plan.limits)).toEqual(Array(9).fill(undefined));
  });

  it.each([
    ['1h', 3_600_000],
    ['2d', 172_800_000],
    ['1m', 30 * 86_400_000],
    ['1y', 365 * 86_400_000],
  ])('forgets sessions after %s', (text, milliseconds) => {
    expect(plan(`persistent_client_expiration ${text}`).plan.limits.sessionExpiry).toBe(milliseconds);
  });

  it('behaves as mosquitto unless a switch says otherwise', () => {
    const usual = {
      retainAvailable: true,
      checkRetainSource: true,
      upgradeOutgoingQoS: false,
      queueQoS0: false,
      sysInterval: 10,
      clientIdPrefix: undefined,
    };
    expect(plan('').plan.behaviour).toEqual(usual);
    const text =
      'retain_available false\ncheck_retain_source false\nupgrade_outgoing_qos 1\nqueue_qos0_messages true\nsys_interval 0\nset_tcp_nodelay true\nclientid_prefixes a-\n';
    expect(plan(text).plan.behaviour).toEqual({
      retainAvailable: false,
      checkRetainSource: false,
      upgradeOutgoingQoS: true,
      queueQoS0: true,
      sysInterval: 0,
      clientIdPrefix: 'a-',
    });
  });

  it('keeps its state only when told to', () => {
    expect(plan('').plan.persistence).toBeUndefined();
    expect(plan('persistence true').plan.persistence).toMatchObject({
      folder: '.',
      file: 'mosquitto.db',
      interval: 1800,
      onChanges: false,
    });
    const text =
      'persistence true\npersistence_location /var/lib/b/\npersistence_file b.db\nautosave_interval 1\nautosave_on_changes true\n';
    expect(plan(text).plan.persistence).toMatchObject({
      folder: '/var/lib/b/',
      file: 'b.db',
      interval: 1,
      onChanges: true,
    });
  });

  it('takes a value as it stands, whatever separates lines elsewhere', () => {
    expect(plan('pid_file a\u2028b\u0085c').plan.pidFile?.path).toBe('a\u2028b\u0085c');
  });

  it('reads the default file of Debian', () => {
    const text = `# Place your local configuration in /etc/mosquitto/conf.d/
#
# A full description of the configuration file is at
# /usr/share/doc/mosquitto/examples/mosquitto.conf.example

pid_file /run/mosquitto/mosquitto.pid

persistence true
persistence_location /var/lib/mosquitto/

log_dest file /var/log/mosquitto/mosquitto.log

include_dir /etc/mosquitto/conf.d
`;
    const { plan: read, warnings } = plan(text, { '/etc/mosquitto/conf.d/README': 'not a configuration' });
    expect(warnings).toEqual([]);
    expect(read).toMatchObject({
      isLocalOnly: true,
      pidFile: { path: '/run/mosquitto/mosquitto.pid' },
      persistence: { folder: '/var/lib/mosquitto/' },
      log: { file: { path: '/var/log/mosquitto/mosquitto.log' }, stderr: false },
    });
  });
});

describe('included files', () => {
  it('are read in alphabetical order, upper case before lower case, and only those that end in .conf', () => {
    const names = ['b', 'A', '01', 'a', 'B', '00'];
    const files = Object.fromEntries(names.map((name, at) => [`d/${name}.conf`, `listener ${at + 1}`]));
    const { listeners } = plan('include_dir d\n', { ...files, 'd/c.conf.bak': 'nonsense' }).plan;
    expect(listeners.map(({ port }) => names[port - 1])).toEqual(['00', '01', 'A', 'a', 'B', 'b']);
  });

  it('go on where the main file is', () => {
    const files = { 'd/a.conf': 'allow_anonymous true\r\nmax_qos 1\r\n' };
    const { listeners } = plan('per_listener_settings true\nlistener 1\ninclude_dir d\nlistener 2\n', files).plan;
    expect(listeners).toMatchObject([{ maximumQoS: 1, security: { allowAnonymous: true } }, { maximumQoS: 2 }]);
  });
});

describe('the log', () => {
  it('goes to standard error, with what is usual', () => {
    const { log } = plan('').plan;
    expect(log).toMatchObject({ stderr: true, stdout: false, topic: false, timestamp: true, connectionMessages: true });
    expect([...log.types]).toEqual(['error', 'warning', 'notice', 'information']);
  });

  it('goes where it is told, and has what is named', () => {
    const text =
      'log_dest stdout\nlog_dest topic\nlog_dest file /tmp/my log\nlog_type error\nlog_type subscribe\nlog_timestamp false\nlog_timestamp_format %H:%M %d\nconnection_messages false\n';
    const { log } = plan(text).plan;
    expect(log).toMatchObject({
      stdout: true,
      stderr: false,
      topic: true,
      file: { path: '/tmp/my log' },
      timestamp: false,
      timestampFormat: '%H:%M %d',
      connectionMessages: false,
    });
    expect([...log.types]).toEqual(['error', 'subscribe']);
  });

  it('none takes back what came before it', () => {
    const { log } = plan('log_dest stdout\nlog_dest none\nlog_type all\nlog_type none\n').plan;
    expect(log).toMatchObject({ stdout: false, stderr: false, topic: false });
    expect(log.types.size).toBe(0);
  });

  it('has everything with -v, whatever the file says', () => {
    expect(plan('log_type error', {}, { verbose: true }).plan.log.types.has('debug')).toBe(true);
  });
});
