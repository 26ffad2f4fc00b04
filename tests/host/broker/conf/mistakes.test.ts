import { describe, expect, it } from 'vitest';
import { ConfigError } from '../../../../host/broker/conf/findings.js';
import { findings, plan } from './config-rig.js';

const OPEN = 'listener 1883\nallow_anonymous true\n';

describe('a mistake is reported with file, line and column, and with what to do', () => {
  it.each<[string, string]>([
    [
      'frobnicate 1',
      'm.conf:3:1: error: the option "frobnicate" is not known; remove the line, or see mosquitto.conf(5) for the name',
    ],
    [
      'alow_anonymous true',
      'm.conf:3:1: error: the option "alow_anonymous" is not known; did you mean allow_anonymous?',
    ],
    ['Persistence true', 'm.conf:3:1: error: the option "Persistence" is not known; did you mean persistence?'],
    ['persistence yes', 'm.conf:3:13: error: persistence: "yes" is neither true nor false; write one of them'],
    ['persistence', 'm.conf:3:12: error: persistence: the value is missing; write it behind the option'],
    ['max_qos 3', 'm.conf:3:9: error: max_qos: "3" is not a whole number from 0 to 2; write one'],
    [
      'max_queued_messages 12x',
      'm.conf:3:21: error: max_queued_messages: "12x" is not a whole number from 0 to 2147483647, 0 for no limit; write one',
    ],
    ['max_keepalive 5', 'm.conf:3:15: error: max_keepalive: "5" is not a whole number from 10 to 65535; write one'],
    [
      'max_packet_size 19',
      'm.conf:3:17: error: max_packet_size: "19" is not a whole number from 20 to 268435460; write one',
    ],
    [
      'max_connections -2',
      'm.conf:3:17: error: max_connections: "-2" is not a whole number from -1 to 2147483647, -1 for no limit; write one',
    ],
    ['protocol foo', 'm.conf:3:10: error: protocol: "foo" is not one of mqtt, websockets; write one of them'],
    [
      'persistent_client_expiration 3x',
      'm.conf:3:30: error: persistent_client_expiration: "3x" is not a time; write a number and h, d, w, m or y, such as 14d',
    ],
    [
      'log_type chatter',
      'm.conf:3:10: error: log_type: "chatter" is not one of all, none, debug, error, warning, notice, information, subscribe, unsubscribe, websockets, internal; write one of them',
    ],
    [
      'log_dest syslog',
      'm.conf:3:10: error: log_dest: syslog is not supported; use "log_dest stderr" under systemd, or "log_dest file PATH"',
    ],
    ['log_dest file', 'm.conf:3:14: error: log_dest: the file is missing; write its path behind "file"'],
    ['listener', 'm.conf:3:9: error: listener: the port is missing; write it behind the option'],
    ['listener 0', 'm.conf:3:10: error: listener: port 0 needs the path of a Unix socket; write it behind the 0'],
    [
      'listener 65536',
      'm.conf:3:10: error: listener: "65536" is not a whole number from 0 to 65535, 0 for a Unix socket; write one',
    ],
    [
      'listener 1884 127.0.0.1 extra',
      'm.conf:3:15: error: listener: "127.0.0.1 extra" is not an address; write one address or host name',
    ],
    ['tls_version tlsv1.1', 'm.conf:3:13: error: tls_version: tlsv1.1 is not offered (RFC 8996); write tlsv1.2'],
    [
      'mount_point a/+/',
      'm.conf:3:15: error: mount_point has a wildcard; write the beginning of a topic name, such as "site-1/"',
    ],
    ['certfile c.pem', 'm.conf:3:1: error: certfile needs keyfile, the private key of the certificate; add it'],
    ['keyfile c.key', 'm.conf:3:1: error: keyfile needs certfile, the certificate of the key; add it'],
    [
      'require_certificate true',
      'm.conf:3:1: error: require_certificate needs certfile and keyfile: without them the listener has no TLS; add both',
    ],
    [
      'include_dir nowhere',
      'm.conf:3:13: error: the folder nowhere cannot be read: there is no such folder; check the path, which counts from the working directory',
    ],
    [
      'password_file nowhere',
      'm.conf:3:15: error: the password file nowhere cannot be read: there is no such file; check the path, which counts from the working directory',
    ],
    ['topic # out', 'm.conf:3:1: error: topic belongs to a bridge; write "connection NAME" before it'],
    [
      'psk_hint x',
      'm.conf:3:1: error: psk_hint is not supported: pre-shared keys are not supported; use certfile, keyfile and cafile with require_certificate',
    ],
    [
      'auth_opt_db sqlite',
      'm.conf:3:1: error: auth_opt_db is not supported: plugins are libraries made for mosquitto; use password_file and acl_file, or rules of your own with createBroker',
    ],
    [
      'dhparamfile d.pem',
      'm.conf:3:1: error: dhparamfile needs certfile and keyfile: without them the listener has no TLS; add both',
    ],
    [
      'set_tcp_nodelay false',
      'm.conf:3:1: warning: set_tcp_nodelay false has no effect: small packets are never held back; remove the line',
    ],
    [
      'clientid_prefixes a-\nuse_username_as_clientid true',
      'm.conf:4:1: warning: use_username_as_clientid makes the user name the client id, which has to begin with "a-" by clientid_prefixes; remove one of them',
    ],
    [
      'listener 0 s\nbind_interface lo',
      'm.conf:4:1: error: a Unix socket is on no network interface; remove this line',
    ],
    [
      'retry_interval 3',
      'm.conf:3:1: warning: retry_interval is not supported: mosquitto has removed it, and it has no effect; remove the line',
    ],
    [
      'persistence_location /var',
      'm.conf:3:1: warning: persistence_location has no effect without "persistence true"; add it, or remove this line',
    ],
    [
      'persistence true false',
      'm.conf:3:18: warning: persistence: "false" is ignored: this option has one word; remove the rest',
    ],
    ['  # indented', 'm.conf:3:3: warning: a comment of mosquitto begins in the first column; remove the spaces'],
    [
      'allow_anonymous false',
      'm.conf:3:1: warning: allow_anonymous is set at m.conf:2 already; this line counts, remove the other',
    ],
    ['listener 1883', 'm.conf:3:1: error: port 1883 is the listener at m.conf:1 already; choose another port'],
  ])('%s', (line, expected) => {
    expect(findings(`${OPEN}${line}\n`)).toContain(expected);
  });

  it('a text that is set twice, as mosquitto refuses it', () => {
    expect(findings(`${OPEN}pid_file a\npid_file b\n`)).toEqual([
      'm.conf:4:1: error: pid_file is set at m.conf:3 already; remove one of the two lines',
    ]);
  });

  it('a configuration file that is missing, and one that is not text', () => {
    expect(findings('include_dir conf.d', { 'conf.d/a.conf': Buffer.from([0xff, 0xfe]) })).toEqual([
      'm.conf:1:13: error: the configuration file conf.d/a.conf is not UTF-8; save it as UTF-8',
    ]);
  });
});

describe('all mistakes are reported', () => {
  it('in the order of the lines, and nothing is returned', () => {
    const text = 'persistence yes\nlistener 1883\nmax_qos 9\nallow_anonymous 2\nnonsense\n';
    expect(() => plan(text)).toThrow(ConfigError);
    expect(findings(text).map((finding) => finding.split(':')[1])).toEqual(['1', '3', '4', '5', '2']);
    expect(() => plan(text)).toThrow(/^the configuration has 4 errors; nothing was started\nm\.conf:1:13: error: /);
  });

  it('also those of included files, and of the files that are named', () => {
    const files = { 'd/a.conf': 'max_qos x', 'd/b.conf': 'allow_anonymous 3', acl: 'topic foo bar\nnonsense' };
    expect(
      findings('listener 1\nacl_file acl\ninclude_dir d\n', files).filter((text) => text.includes('error')),
    ).toEqual([
      'd/a.conf:1:9: error: max_qos: "x" is not a whole number from 0 to 2; write one',
      'd/b.conf:1:17: error: allow_anonymous: "3" is neither true nor false; write one of them',
      'acl:1:1: error: "foo" is not an access; write read, write, readwrite or deny before a topic with a space',
      'acl:2:1: error: "nonsense" is not known; write user, topic or pattern',
    ]);
  });
});

describe('what contradicts itself is reported', () => {
  it('per_listener_settings behind a setting that it moves', () => {
    expect(findings('allow_anonymous true\nper_listener_settings true\nlistener 1\n')).toContain(
      'm.conf:2:1: error: per_listener_settings must come before allow_anonymous at m.conf:1; move it to the top',
    );
  });

  it('settings of TLS before the first listener, which mosquitto ignores without a word', () => {
    expect(findings(`cafile ca.pem\n${OPEN}`)).toEqual([
      'm.conf:1:1: error: cafile stands before the first listener and has no effect there; move it below the line "listener"',
    ]);
  });

  it('settings of a listener without any', () => {
    expect(findings('require_certificate true\n')).toEqual([
      'm.conf:1:1: error: require_certificate belongs to a listener, and there is none; write "listener PORT" before it',
    ]);
  });

  it('a setting before the first listener that opens port 1883 too', () => {
    expect(findings('max_connections 5\nallow_anonymous true\nlistener 1884\n')).toEqual([
      'm.conf:1:1: warning: max_connections stands before the first listener and opens port 1883 too, as in mosquitto; move it below "listener"',
    ]);
  });

  it('a listener by which nobody can come in', () => {
    expect(findings('listener 1883\n')).toEqual([
      'm.conf:1:1: warning: nobody can come in by this listener; add password_file, "use_identity_as_username true", or "allow_anonymous true"',
    ]);
  });

  it('a listener with names of certificates that it does not ask for', () => {
    const text = 'listener 8883\ncertfile c.pem\nkeyfile c.key\nuse_identity_as_username true\n';
    expect(findings(text)).toContain(
      'm.conf:4:1: warning: nobody can come in by this listener: use_identity_as_username needs "require_certificate true"; add it',
    );
  });

  it('a user whose password is not hashed: nobody else is concerned', () => {
    expect(findings('listener 1883\npassword_file users.txt\n', { 'users.txt': 'ann:secret\n' })).toEqual([
      'users.txt:1:1: warning: "ann" cannot come in: the password is not hashed; hash the passwords of the file with "wasmqtt passwd -U FILE"',
    ]);
  });
});

describe('mistakes of a bridge', () => {
  const bridge = (lines: string) => findings(`${OPEN}connection b\n${lines}`);

  it.each<[string, string]>([
    ['topic #', 'm.conf:3:1: error: the bridge b has no address; add "address HOST:PORT"'],
    ['address x', 'm.conf:3:1: error: the bridge b carries no topics; add "topic PATTERN in|out|both"'],
    ['address x\ntopic # sideways', 'm.conf:5:9: error: topic: "sideways" is not a direction; write in, out or both'],
    ['address x\ntopic # in 3', 'm.conf:5:12: error: topic: "3" is not a whole number from 0 to 2; write one'],
    [
      'address x\ntopic "" in 0 l',
      'm.conf:5:7: error: topic: an empty pattern needs a local and a remote topic; write both',
    ],
    [
      'address x\ntopic a in 0 l/+ r',
      'm.conf:5:14: error: topic: the local prefix "l/+" has a wildcard; write a topic without one',
    ],
    [
      'address x:99999\ntopic #',
      'm.conf:4:11: error: address: "99999" is not a whole number from 1 to 65535; write one',
    ],
    [
      'address x\ntopic #\nkeepalive_interval 4',
      'm.conf:6:20: error: keepalive_interval: "4" is not a whole number from 5 to 65535; write one',
    ],
    [
      'address x\ntopic #\nthreshold 5',
      'm.conf:6:1: warning: threshold has no effect: it is for start_type lazy; remove the line',
    ],
    ['address x\ntopic #\nremote_password p', 'm.conf:6:1: error: remote_password needs remote_username; add it'],
    [
      'address x\ntopic #\nbridge_insecure true',
      'm.conf:6:1: error: bridge_insecure needs bridge_cafile or bridge_capath: without it the bridge has no TLS; add one',
    ],
    [
      'address x\ntopic #\nconnection b\naddress y\ntopic #',
      'm.conf:6:1: error: the bridge b begins at m.conf:3 already; choose another name',
    ],
  ])('%j', (lines, expected) => {
    expect(bridge(lines)).toContain(expected);
  });
});
