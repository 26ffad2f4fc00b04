import { type ProtocolVersion, ReasonCode } from '../../../core/index.js';
import type { EngineContext } from '../context.js';
import type { Deadline } from '../deadlines.js';
import { LazyMap, LazySet } from '../lazy/lazy-collections.js';
import type { ListenerSettings } from '../listener-settings.js';
import type { Reply } from '../message.js';
import type { Session } from '../sessions/session.js';

/** The connection as its packets see it. */
export interface Wire {
  readonly protocolVersion: ProtocolVersion;
  /** What holds for the clients of its listener. */
  readonly settings: ListenerSettings;
  /** False when the packet is larger than the client accepts: nothing was sent. */
  send(packet: Reply): boolean;
  /** What is sent from now on depends on what was recorded in the journal until now. */
  waitForJournal(): void;
  /** Sends a packet with this Reason String, or without it when the client does not want it or has no room for it. */
  answer(packet: Reply, reason: string | undefined): void;
  /** Says why (MQTT 5) and closes. */
  closeByServer(reasonCode: number, reason: string): void;
  closeByClient(reasonCode: number): void;
  /** Takes no more packets until what it returns is called, with what comes before them; that may throw a Violation. */
  hold(): (work: () => void) => void;
}

/** A client whose CONNECT was accepted: what its packets work on. */
export class ConnectedClient {
  readonly context: EngineContext;
  readonly session: Session;
  readonly wire: Wire;
  /** Topic aliases that the client set (3.3.2.3.4), and the topics as the client named them. */
  readonly aliases = new LazyMap<number, string>();
  /** Packet ids of QoS 2 messages that came on this connection and wait for PUBREL: those of an old one do not count (4.9). */
  readonly inbound = new LazySet<number>();
  readonly protocolVersion: ProtocolVersion;
  readonly settings: ListenerSettings;
  /** When the last bytes came, milliseconds on the engine's clock. */
  lastHeard: number;
  /** Milliseconds, 0 for no limit. */
  readonly #longestSilence: number;
  #silenceEnd: Deadline | undefined;
  readonly #timeEnd: Deadline | undefined;
  /** Nothing is read from it. */
  #isHeld = false;
  #isOver = false;

  /**
   * @param keepAlive seconds, 0 for none: what the client asked for, or what it was told in CONNACK (3.2.2-21)
   * @param maximumConnectTime as the rules limit it, milliseconds
   */
  constructor(context: EngineContext, session: Session, wire: Wire, keepAlive: number, maximumConnectTime?: number) {
    this.context = context;
    this.session = session;
    this.wire = wire;
    this.protocolVersion = wire.protocolVersion;
    this.settings = wire.settings;
    // One and a half times the keep-alive (3.1.2-22).
    this.#longestSilence = keepAlive * 1500;
    this.lastHeard = context.now;
    if (this.#longestSilence > 0) this.#watch();
    if (maximumConnectTime === undefined) return;
    const reason = `the connection has lasted for ${maximumConnectTime / 1000} s, which is its time; connect again`;
    const end = () => this.wire.closeByServer(ReasonCode.maximumConnectTime, reason);
    this.#timeEnd = context.deadlines.add(context.now + maximumConnectTime, end);
  }

  /** QoS 2 messages that may wait for PUBREL; nothing was announced to clients of 3.1.1. */
  get inboundMaximum(): number {
    return this.protocolVersion === 5 ? this.settings.receiveMaximum : 65_535;
  }

  get isOver(): boolean {
    return this.#isOver;
  }

  /** See `Wire.hold`. */
  hold(): (work?: () => void) => void {
    const goOn = this.wire.hold();
    this.#isHeld = true;
    return (work = () => {}) => {
      this.#isHeld = false;
      goOn(work);
    };
  }

  /** Takes no more packets while the store is behind with what this client changes. */
  waitForStore(): void {
    const { journal } = this.context;
    if (journal?.isBehind && !this.#isHeld && !this.#isOver) journal.whenCaughtUp(this.hold());
  }

  /** The connection is over. */
  stop(): void {
    this.#isOver = true;
    this.#silenceEnd?.cancel();
    this.#timeEnd?.cancel();
  }

  /** The deadline does not move with each packet: when it comes, it looks at the time of the last one. */
  #watch(): void {
    // Who is not read from cannot be heard.
    if (this.#isHeld) this.lastHeard = this.context.now;
    const end = this.lastHeard + this.#longestSilence;
    if (end > this.context.now) {
      this.#silenceEnd = this.context.deadlines.add(end, () => this.#watch());
      return;
    }
    const seconds = this.#longestSilence / 1000;
    this.wire.closeByServer(ReasonCode.keepAliveTimeout, `nothing came for ${seconds} s (1.5 times keep-alive)`);
  }
}
