import type { PublishPacket } from '../../../../host/core/index.js';
import { ClientSession, SessionError } from '../../../../host/core/index.js';
import { LossyLine } from './lossy-line.js';
import { type Message, ModelServer } from './model-server.js';
import { Random } from './seeded-random.js';
import type { SimulationOptions } from './simulation-options.js';

/** A client application that keeps copies of its unfinished messages, a server, one virtual clock and connections that are lost. */
export class Simulation {
  now: number;
  connections = 0;
  timeouts = 0;
  readonly received: Message[] = [];
  readonly server: ModelServer;
  readonly #random: Random;
  #session: ClientSession;
  #up: LossyLine | undefined;
  #down: LossyLine | undefined;
  #outbox: Message[];
  /** The application's own copies, by packet id. */
  #copies = new Map<number, Message>();
  #owed: { packetId: number; qos: number }[] = [];
  #cleanStart = false;
  /** Whether the connection was made only to begin a new session. */
  #leaves = false;
  #subscription: 'none' | 'sent' | 'done' = 'none';
  #reconnectAt: number;
  #serverAt = Number.POSITIVE_INFINITY;
  #publishAt: number;
  #sentAliases = new Set<number>();

  constructor(readonly options: SimulationOptions) {
    this.#random = new Random(options.seed);
    // With some seeds, the clock of 32 bits wraps around.
    this.now = this.#random.chance(0.2)
      ? 4_294_967_296 - this.#random.integer(0, 2_000)
      : this.#random.integer(0, 1_000);
    this.server = new ModelServer(options);
    this.server.queue.push(...options.down);
    this.#outbox = [...options.up];
    this.#reconnectAt = this.now;
    this.#publishAt = this.now;
    this.#session = new ClientSession({
      sendCapacity: options.sendCapacity,
      receiveCapacity: options.clientReceiveMaximum,
      aliasBytes: options.clientAliases ? 30 : 0,
      manualAcknowledgement: options.manual,
      adoptSession: options.adopt,
      responseTimeout: 5_000,
    });
  }

  get finished(): boolean {
    return (
      this.#outbox.length === 0 && this.#copies.size === 0 && this.server.finished && this.#subscription === 'done'
    );
  }

  /** Bytes that the connection has carried each way. */
  get carried(): { up: number; down: number } {
    return { up: this.#up?.carried ?? 0, down: this.#down?.carried ?? 0 };
  }

  /** Runs until all messages have arrived; throws when the two sides are stuck or one breaks a rule. */
  run(): void {
    for (let steps = 0; !this.finished; steps++) {
      if (steps > 20_000) throw new Error('not finished after 20,000 steps');
      this.step();
    }
  }

  step(): void {
    const deadline = this.#up ? this.#session.nextDeadline(this.now) : undefined;
    const times = [this.#up?.next, this.#down?.next, deadline, this.#up ? this.#serverAt : undefined];
    times.push(
      this.#up ? undefined : this.#reconnectAt,
      this.#session.state === 'connected' ? this.#publishAt : undefined,
    );
    const next = Math.min(...times.map((time) => time ?? Number.POSITIVE_INFINITY));
    if (next === Number.POSITIVE_INFINITY) throw new Error('nothing will ever happen');
    this.now = Math.max(this.now, next);
    if (!this.#up) this.#connect();
    else this.#exchange();
  }

  #connect(): void {
    if (this.now < this.#reconnectAt) return;
    const { losses, version, clientReceiveMaximum, clientAliases } = this.options;
    const loss = losses[this.connections] ?? { up: Number.POSITIVE_INFINITY, down: Number.POSITIVE_INFINITY };
    this.connections++;
    this.#up = new LossyLine(this.#random, this.options, loss.up);
    this.#down = new LossyLine(this.#random, this.options, loss.down);
    this.#sentAliases.clear();
    this.server.open(this.now);
    const properties =
      version === 5
        ? {
            sessionExpiryInterval: 0xffffffff,
            receiveMaximum: clientReceiveMaximum,
            topicAliasMaximum: clientAliases ? 3 : 0,
          }
        : undefined;
    this.#session.send(
      {
        type: 'connect',
        protocolVersion: version,
        cleanStart: this.#cleanStart,
        keepAlive: 10,
        clientId: 'device',
        properties,
      },
      this.now,
    );
    this.#flush();
    this.#loseIfUsedUp();
  }

  #exchange(): void {
    const up = this.#up?.take(this.now);
    if (up) {
      this.server.receive(up, this.now);
      this.#serverAt = Math.min(this.#serverAt, this.now + this.#random.integer(0, this.options.latency));
    }
    if (this.now >= this.#serverAt) this.#work();
    const down = this.#down?.take(this.now);
    if (down) this.#receive(down);
    if (this.#up) this.#clientOrTimeout();
    this.#loseIfUsedUp();
  }

  #work(): void {
    const more = this.server.work();
    if (this.#random.chance(0.05)) this.server.repeat();
    this.#serverAt = more ? this.now + this.#random.integer(0, this.options.latency) : Number.POSITIVE_INFINITY;
    for (const bytes of this.server.takeOutput()) this.#down?.send(bytes, this.now);
  }

  #loseIfUsedUp(): void {
    if (this.#up && this.#down && (this.#up.left <= 0 || this.#down.left <= 0)) this.#lose();
  }

  #lose(): void {
    this.#up = undefined;
    this.#down = undefined;
    this.#serverAt = Number.POSITIVE_INFINITY;
    this.#reconnectAt = this.now + this.#random.integer(0, 1_000);
    if (this.#subscription === 'sent') this.#subscription = 'none';
    if (this.options.restarts) this.#session = ClientSession.restore(this.#session.save());
    else this.#session.close();
    // Unacknowledged messages of QoS 1 come again.
    this.#owed = this.#owed.filter(({ qos }) => qos === 2);
  }

  #flush(): void {
    for (const bytes of this.#session.takeOutput()) this.#up?.send(bytes, this.now);
  }

  #receive(bytes: Uint8Array): void {
    try {
      for (const event of this.#session.receive(bytes, this.now)) this.#happened(event);
      if (this.#leaves) this.#leave();
    } catch (error) {
      if (!(error instanceof SessionError)) throw error;
      for (const event of error.events) this.#happened(event);
      if (error.codeName === 'SESSION_PRESENT_UNEXPECTED') {
        // The CONNACK of the first connection was lost: only a new session can help (MQTT-3.2.2-4).
        this.#cleanStart = true;
        this.#lose();
        return;
      }
      const late = error.codeName === 'PACKET_ID_UNKNOWN' || error.codeName === 'TRANSITION_ILLEGAL';
      if (!late || !this.options.repeats) throw error;
      this.#receive(new Uint8Array(0));
    }
  }

  #leave(): void {
    this.#leaves = false;
    this.#session.send({ type: 'disconnect', reasonCode: 0 }, this.now);
    this.#lose();
  }

  #happened({ type, packet }: ReturnType<ClientSession['receive']>[number]): void {
    if (type === 'connected') {
      // In 3.1.1 a clean session ends with its connection (MQTT-3.1.2-6): a session to keep needs another connection.
      this.#leaves = this.#cleanStart && this.options.version < 5;
      this.#cleanStart = false;
    } else if (type === 'subscribed') {
      this.#subscription = 'done';
    } else if (type === 'published' && 'packetId' in packet) {
      this.#copies.delete(packet.packetId ?? 0);
    } else if (type === 'message' && packet.type === 'publish') {
      const number = Number(Buffer.from(packet.payload).toString());
      if (packet.topic !== `down/${number % 3}`)
        throw new Error(`message ${number} came with the topic ${packet.topic}`);
      this.received.push({ number, qos: packet.qos });
      if (this.options.manual && packet.qos > 0) this.#owed.push({ packetId: packet.packetId ?? 0, qos: packet.qos });
    }
  }

  #clientOrTimeout(): void {
    try {
      this.#client();
    } catch (error) {
      if (!(error instanceof SessionError && error.codeName === 'RESPONSE_TIMEOUT')) throw error;
      this.timeouts++;
      this.#lose();
    }
  }

  /** One turn of the application. */
  #client(): void {
    if (this.#session.state === 'connected') {
      this.#resend();
      if (this.#subscription === 'none') this.#subscribe();
      while (this.#owed.length > 0 && this.#random.chance(0.7)) this.#acknowledge();
      if (this.now >= this.#publishAt) this.#publish();
    } else if (this.#session.nextDeadline(this.now) === this.now) {
      this.#session.tick(this.now);
    }
    this.#flush();
  }

  #resend(): void {
    for (let packetId = this.#session.tick(this.now); packetId !== undefined; packetId = this.#session.tick(this.now)) {
      const message = this.#copies.get(packetId);
      if (!message) throw new Error(`there is no message ${packetId} to send again`);
      this.#session.send(this.#packetOf(message, packetId), this.now);
    }
  }

  #subscribe(): void {
    try {
      this.#session.send(
        { type: 'subscribe', packetId: 0, subscriptions: [{ topicFilter: 'down/#', qos: 2 }] },
        this.now,
      );
      this.#subscription = 'sent';
    } catch (error) {
      if (!(error instanceof SessionError && error.codeName === 'NO_MEMORY')) throw error;
    }
  }

  #acknowledge(): void {
    const [{ packetId, qos }] = this.#owed.splice(0, 1);
    this.#session.send({ type: qos === 1 ? 'puback' : 'pubrec', packetId, reasonCode: 0 }, this.now);
  }

  #publish(): void {
    this.#publishAt = this.#outbox.length > 0 ? this.now + this.#pause() : Number.POSITIVE_INFINITY;
    while (this.#outbox.length > 0 && this.#random.chance(0.8)) {
      try {
        const packetId = this.#session.send(this.#packetOf(this.#outbox[0], 0), this.now);
        const [message] = this.#outbox.splice(0, 1);
        if (message.qos > 0) this.#copies.set(packetId, message);
      } catch (error) {
        const wait = ['NO_MEMORY', 'RECEIVE_MAXIMUM_REACHED', 'RESEND_PENDING'];
        if (!(error instanceof SessionError && wait.includes(error.codeName))) throw error;
        return;
      }
    }
  }

  /** Mostly short; sometimes long enough for several PINGREQs. */
  #pause(): number {
    return this.#random.chance(0.03) ? 25_000 : this.#random.integer(0, 200);
  }

  #packetOf(message: Message, packetId: number): PublishPacket {
    const payload = Buffer.from(String(message.number));
    const topic = `up/${message.number % 3}`;
    const packet: PublishPacket = {
      type: 'publish',
      topic,
      payload,
      qos: message.qos,
      retain: false,
      dup: packetId > 0,
    };
    if (packetId > 0) packet.packetId = packetId;
    const alias = (message.number % 3) + 1;
    // An alias is used without its topic only for messages that are never sent again.
    if (this.options.version === 5 && alias <= this.options.topicAliasMaximum && message.qos === 0) {
      packet.properties = { topicAlias: alias };
      if (this.#sentAliases.has(alias)) packet.topic = '';
      this.#sentAliases.add(alias);
    }
    return packet;
  }
}
