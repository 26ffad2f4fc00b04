import type {
  BridgeEvent,
  Broker,
  BrokerPlan,
  Finding,
  LogPlan,
  LogType,
  OccasionalEvent,
  PacketTap,
  PersistenceMode,
  PlannedFile,
} from '../../../broker/index.js';

/** What a broker is made of: a `mosquitto.conf`, or a profile with its options. It was read, and nothing is open yet. */
export interface BrokerSource {
  readonly log: LogPlan;
  /** For the log, before anything else. */
  readonly notes: readonly Note[];
  readonly pidFile?: PlannedFile;
  /** Who the process becomes. */
  readonly user?: BrokerPlan['user'];
  /** Opens all listeners. @throws BrokerError, UserError when it cannot; nothing is left open then */
  start(surroundings: Surroundings): Promise<RunningSource>;
  /** What it means, for `--check`. */
  report(): Report;
}

export interface Note {
  readonly type: LogType;
  readonly text: string;
}

/** The program around a broker. */
export interface Surroundings {
  logOccasional(event: OccasionalEvent): void;
  bridgeLog(event: BridgeEvent): void;
  /** Something that only this source knows of: an event of `--json`, and its line of the log. */
  tell(event: { readonly event: string; readonly [field: string]: unknown }, note?: Note): void;
  /** Called when the broker is there, and before anybody can connect. */
  beforeListening?(broker: Broker): Promise<void>;
  readonly taps: readonly PacketTap[];
  readonly persistence?: PersistenceMode;
  onCommit(seconds: number): void;
  readonly version: string;
  /** The broker is to end: for a start that waits for something. */
  readonly stop: AbortSignal;
}

/** A broker that runs. */
export interface RunningSource {
  readonly broker: Broker;
  /** For the log, behind the lines of its listeners. */
  readonly notes: readonly Note[];
  /** Takes over what changed in its files. @throws ConfigError, Error when they cannot be used: all stays as it was then */
  reload(): Reload | Promise<Reload>;
  /** Brings its state onto the disk. @returns false when it keeps none */
  save(): Promise<boolean>;
  /** Gives its files to the user that the process becomes. */
  handOver(account: { uid: number; gid: number }): void;
  close(): Promise<void>;
}

/** What a reload did. */
export interface Reload {
  /** What takes a restart, in the words of the options. */
  readonly needsRestart: readonly string[];
  /** What stays as it was, and why. */
  readonly failed: readonly string[];
  readonly warnings: readonly Finding[];
  readonly log: LogPlan;
}

/** For people, and for `--json`. */
export interface Report {
  /** On standard error. */
  readonly warnings: readonly string[];
  readonly lines: readonly string[];
  readonly events: readonly object[];
}
