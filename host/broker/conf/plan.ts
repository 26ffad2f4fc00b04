import type { Place } from './findings.js';
import type { BridgeAddress, RestartDelay } from './options/bridge-values.js';
import type { LogType, TlsVersion } from './options/values.js';

/** A file that a plan names, with the line that names it. */
export interface PlannedFile {
  readonly path: string;
  readonly place: Place;
}

export interface TlsPlan {
  /** PEM: the server's certificate, and those of its issuers. */
  readonly certificate: PlannedFile;
  /** PEM. */
  readonly key: PlannedFile;
  /** PEM. Its certificates complete the server's chain; client certificates are asked for with `requireCertificate` only. */
  readonly ca?: PlannedFile;
  /** A folder of PEM files. */
  readonly caFolder?: PlannedFile;
  /** PEM. */
  readonly revocationList?: PlannedFile;
  readonly requireCertificate: boolean;
  readonly minimumVersion: TlsVersion;
  /** Of TLS 1.2, in the words of OpenSSL. */
  readonly ciphers?: string;
  /** Of TLS 1.3. */
  readonly cipherSuites?: string;
  /** PEM: parameters of DHE suites. */
  readonly dhParameters?: PlannedFile;
}

/** Who may come in by a listener, and what they may do. */
export interface SecurityPlan {
  readonly allowAnonymous: boolean;
  readonly passwordFile?: PlannedFile;
  readonly aclFile?: PlannedFile;
  readonly allowZeroLengthClientId: boolean;
  readonly autoIdPrefix: string;
  /** The user name is the client id, whatever CONNECT says; nobody comes in without one. */
  readonly userNameAsClientId: boolean;
  /** What of the client certificate is the user name; passwords are not asked for then. */
  readonly certificateUser?: 'common-name' | 'subject';
}

export type ListenerProtocol = 'mqtt' | 'mqtts' | 'ws' | 'wss';

export interface ListenerPlan {
  readonly protocol: ListenerProtocol;
  /** Default: all addresses of the machine. */
  readonly host?: string;
  /** 1 to 65,535; 0 for a Unix socket. */
  readonly port: number;
  /** Path of a Unix socket. */
  readonly socket?: string;
  /** Network interface, by the name that the system has for it: its addresses, in place of `host`. */
  readonly networkInterface?: string;
  /** Only addresses of this family. */
  readonly family?: 4 | 6;
  /** The broker starts without it when the machine does not have the address. */
  readonly isOptional: boolean;
  readonly tls?: TlsPlan;
  readonly security: SecurityPlan;
  /** May be infinite. */
  readonly maximumConnections: number;
  readonly maximumQoS: 0 | 1 | 2;
  readonly topicAliasMaximum: number;
  /** Topic aliases that the broker sets on a connection. */
  readonly outgoingTopicAliases: number;
  readonly mountPoint?: string;
  /** Where it is configured; undefined for one that is there by default. */
  readonly place?: Place;
}

/** Limits of the broker. Sizes are in bytes. What is not limited is infinite; undefined is left to the broker. */
export interface LimitsPlan {
  readonly inflightMessages?: number;
  readonly inflightBytes?: number;
  readonly queuedMessages?: number;
  readonly queuedBytes?: number;
  readonly maximumPacketSize?: number;
  /** Of a CONNECT, without its fixed header. */
  readonly connectPacketSize?: number;
  /** Of a payload. */
  readonly messageSize?: number;
  /** Seconds. */
  readonly keepAlive?: number;
  /** Milliseconds that a session outlives its connection at most. */
  readonly sessionExpiry?: number;
}

/** Behaviour that has a switch. */
export interface BehaviourPlan {
  readonly retainAvailable: boolean;
  readonly checkRetainSource: boolean;
  readonly upgradeOutgoingQoS: boolean;
  readonly queueQoS0: boolean;
  /** Seconds between the messages of `$SYS`; 0 for none. */
  readonly sysInterval: number;
  /** Only client ids that begin so are let in. */
  readonly clientIdPrefix?: string;
}

export interface PersistencePlan {
  /** The folder that state is kept in. */
  readonly folder: string;
  /** Name in the folder. */
  readonly file: string;
  /** Seconds between saves; 0 for the end only. A number of changes with `onChanges`. */
  readonly interval: number;
  readonly onChanges: boolean;
  readonly place: Place;
}

export interface LogPlan {
  readonly stdout: boolean;
  readonly stderr: boolean;
  readonly file?: PlannedFile;
  readonly topic: boolean;
  readonly types: ReadonlySet<LogType>;
  /** Whether each line begins with the time. */
  readonly timestamp: boolean;
  /** For strftime(3); default: seconds since 1970. */
  readonly timestampFormat?: string;
  readonly connectionMessages: boolean;
}

export interface BridgeTlsPlan {
  readonly ca?: PlannedFile;
  readonly caFolder?: PlannedFile;
  readonly certificate?: PlannedFile;
  readonly key?: PlannedFile;
  readonly minimumVersion: TlsVersion;
  /** The name in the remote broker's certificate is not checked. */
  readonly insecure: boolean;
  readonly alpn?: string;
}

/** Messages that a bridge carries in one direction. */
export interface BridgeTopicPlan {
  readonly direction: 'in' | 'out';
  readonly qos: 0 | 1 | 2;
  /** What is subscribed to: at the remote broker for `in`, here for `out`. */
  readonly filter: string;
  /** Taken off the topic of a message … */
  readonly removePrefix: string;
  /** … and put before the rest. */
  readonly addPrefix: string;
  readonly place: Place;
}

/** A client of another broker that carries messages in and out. Times are in seconds. */
export interface BridgePlan {
  readonly name: string;
  readonly addresses: readonly BridgeAddress[];
  /** Without it the first address is the main one, and is tried again while another is used. */
  readonly roundRobin: boolean;
  readonly topics: readonly BridgeTopicPlan[];
  readonly protocolVersion: 3 | 4 | 5;
  /** Says in CONNECT that it is a bridge. */
  readonly tryPrivate: boolean;
  readonly cleanSession: boolean;
  readonly localCleanSession: boolean;
  readonly keepAlive: number;
  /** Of MQTT 5; default: as the limit of messages in flight. */
  readonly receiveMaximum?: number;
  /** Of MQTT 5; default: for ever, or 0 with `cleanSession`. */
  readonly sessionExpiryInterval?: number;
  readonly remoteClientId: string;
  readonly remoteUserName?: string;
  readonly remotePassword?: string;
  readonly localClientId: string;
  readonly localUserName?: string;
  readonly localPassword?: string;
  readonly notifications: 'both' | 'local' | 'none';
  readonly notificationTopic: string;
  readonly start: 'automatic' | 'lazy' | 'once';
  /** Messages that wait when a lazy bridge connects. */
  readonly threshold: number;
  /** How long a lazy bridge carries nothing before it disconnects. */
  readonly idleTimeout: number;
  readonly restart: RestartDelay;
  readonly attemptUnsubscribe: boolean;
  /** Without it no message is retained at the remote broker. */
  readonly outgoingRetain: boolean;
  /** May be infinite. */
  readonly maximumPacketSize: number;
  /** Address of this machine to connect from. */
  readonly localAddress?: string;
  readonly tls?: BridgeTlsPlan;
  readonly place: Place;
}

/** What a configuration asks for. Nothing of it is open yet. */
export interface BrokerPlan {
  /** Only this machine can connect: no listener is configured. */
  readonly isLocalOnly: boolean;
  readonly listeners: readonly ListenerPlan[];
  readonly limits: LimitsPlan;
  readonly behaviour: BehaviourPlan;
  readonly persistence?: PersistencePlan;
  readonly bridges: readonly BridgePlan[];
  readonly log: LogPlan;
  readonly pidFile?: PlannedFile;
  /** Name or number of the user to become when started as root. */
  readonly user?: { readonly name: string; readonly place: Place };
}
