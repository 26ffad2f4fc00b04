// The calls for an input of tests/fuzz/corpus/session: five bytes that make a session, then operations as targets/session.c has them.
import { PacketRecord, PacketType, SessionContext, SessionRecord } from '../../../build/abi/core.js';
import type { CallMemory } from './call-memory.js';

/** Bytes. */
const MOST = { input: 128, output: 64 };
/** Topics and filters of the client's packets. */
const TEXTS = Buffer.from('topic/a\0\x03a/b\x01\0\x01c\x02\0', 'latin1');

type Fields = Readonly<Record<string, number>>;

class Session {
  readonly isMade: boolean;
  readonly input: number;
  readonly #memory: CallMemory;
  readonly #size: number;
  readonly #packet: number;
  readonly #output: number;
  /** Where it is, and where it goes next. */
  #places: [number, number];
  #now = 0;

  constructor(memory: CallMemory) {
    const [sends, receives, flags] = [memory.u8() % 8, memory.u8() % 8, memory.u8() & 3];
    const [aliases, timeout] = [memory.u8() % 64, memory.u8() * 100];
    this.#memory = memory;
    this.#size = SessionContext.HEADER + SessionContext.ENTRY * (sends + receives) + aliases;
    this.#places = [memory.place(this.#size), memory.place(this.#size)];
    this.#packet = memory.place(PacketRecord.SIZE);
    this.input = memory.place(MOST.input);
    this.#output = memory.place(MOST.output);
    const make = (at: number, size: number) => memory.call('session_init', at, size, sends, receives, flags, timeout);
    make(this.#context + 1, this.#size);
    make(this.#context, this.#size - aliases - 1);
    this.isMade = make(this.#context, this.#size) === 0;
  }

  get #context(): number {
    return this.#places[0];
  }

  /** A field of the head of the context. */
  head(name: keyof typeof SessionRecord): number {
    return this.#memory.word(this.#context + SessionRecord[name]);
  }

  get isVersion5(): boolean {
    return this.head('protocolVersion') === 5;
  }

  /** Begins a packet of the client. */
  begin(type: number, fields: Fields = {}): void {
    const memory = this.#memory;
    memory.put(this.input, TEXTS);
    memory.put(this.#packet, new Uint8Array(PacketRecord.SIZE));
    const all = { type, protocolVersion: 5, topic: this.input, topicLength: 7, ...fields };
    memory.set(this.#packet, PacketRecord, all);
  }

  set(fields: Fields): void {
    this.#memory.set(this.#packet, PacketRecord, fields);
  }

  properties(): void {
    const bytes = this.#memory.take(this.#memory.u8() % 16);
    const properties = this.#memory.put(this.input + TEXTS.length, bytes);
    this.set({ properties, propertiesLength: bytes.length });
  }

  send(capacity: number = MOST.output): void {
    this.#memory.call('session_send', this.#context, this.#packet, this.#now, this.#output, capacity);
  }

  receive(bytes: Uint8Array, capacity: number = MOST.output): void {
    const version = this.head('protocolVersion') || 5;
    this.#memory.put(this.input, bytes);
    const { length } = bytes;
    // A packet of the server is only what mqtt_decode accepts.
    if (this.#memory.call('mqtt_decode', this.input, length, version, length, this.#packet) > 0)
      this.#memory.call('session_receive', this.#context, this.#packet, this.#now, this.#output, capacity);
  }

  /** Receives a packet with these bytes after its fixed header. */
  receiveBody(first: number, body: readonly number[]): void {
    this.receive(Buffer.from([first, body.length, ...body]));
  }

  pass(milliseconds: number): void {
    this.#now = (this.#now + milliseconds) >>> 0;
  }

  arrive(milliseconds: number): void {
    this.pass(milliseconds);
    this.#memory.call('session_arrived', this.#context, this.#now);
  }

  poll(capacity: number): void {
    this.#memory.call('session_deadline', this.#context, this.#now);
    this.#memory.call('session_poll', this.#context, this.#now, this.#output, capacity);
  }

  close(): void {
    this.#memory.call('session_close', this.#context);
  }

  /** Reads back a copy of the context in which one word is another. */
  tear(word: number, value: number): void {
    const memory = this.#memory;
    const [from, to] = this.#places;
    const bytes = Buffer.from(memory.read(from, this.#size));
    bytes.writeUInt32LE(value, 4 * (word % (this.#size >> 2)));
    memory.put(to, bytes);
    memory.call('session_restore', to, this.#size - 1);
    memory.call('session_poll', to, this.#now, this.#output, 5);
    memory.call('session_restore', to, this.#size);
    memory.call('session_close', to);
  }

  /** Moves the context to its other place: it holds no addresses. What stays behind is not a context any more. */
  move(): void {
    const memory = this.#memory;
    memory.put(this.#places[1], memory.read(this.#context, this.#size));
    memory.put(this.#context, new Uint8Array(this.#size).fill(0xa5));
    this.send();
    this.#places.reverse();
  }
}

const id = (number: number): number[] => [number >> 8, number & 255];
/** Behind its length. */
const listed = (bytes: ArrayLike<number>): number[] => [bytes.length, ...Array.from(bytes)];

type Operation = (memory: CallMemory, session: Session, choice: number) => void;

const receivePublish: Operation = (memory, session, flags) => {
  const [packetId, alias] = [memory.u8(), memory.u8()];
  const body = [...(alias & 0x80 ? [0, 0] : [0, 3, ...Buffer.from('a/b')]), ...(flags & 6 ? id(packetId) : [])];
  if (session.isVersion5) body.push(...listed(alias & 0x7f ? [35, 0, alias & 0x7f] : []));
  session.receiveBody(0x30 | flags, body);
};

/** Receives a packet with an identifier, unless it is 0, a reason in MQTT 5, and more. */
function receiveMade(
  session: Session,
  first: number,
  packetId: number,
  reason: readonly number[],
  more: Iterable<number> = [],
): void {
  session.receiveBody(first, [...(packetId ? id(packetId) : []), ...reason, ...more]);
}

/** The operations in the order of their numbers; `choice` is the upper half of the byte. */
const OPERATIONS: readonly Operation[] = [
  (memory, session, choice) => {
    if (choice === 14) session.pass(-memory.u8());
    else if (choice === 15) session.arrive(memory.u8());
    else session.pass(memory.u8() << choice);
  },
  (_, session, choice) => session.poll(choice),
  (_, session) => session.close(),
  (memory, session, choice) => {
    if (choice < 15) session.move();
    else session.tear(memory.u8(), memory.u32());
  },
  (memory, session, choice) => {
    const fields = { protocolVersion: choice & 1 ? 4 : 5, connectFlags: choice & 2, keepAlive: memory.u8() };
    session.begin(PacketType.CONNECT, { ...fields, clientId: session.input, clientIdLength: 1 });
    if (choice & 4) session.properties();
    session.send();
  },
  (memory, session, flags) => {
    session.begin(PacketType.PUBLISH, { flags, packetId: memory.u8() });
    session.send();
  },
  (_, session, choice) => {
    session.begin(PacketType.PUBLISH, { flags: 8 | (choice & 1 ? 2 : 4), packetId: session.head('packetId') });
    session.send();
  },
  (memory, session, choice) => {
    session.begin(choice & 1 ? PacketType.UNSUBSCRIBE : PacketType.SUBSCRIBE, { packetId: memory.u8() });
    session.set({ payload: session.input + 7, payloadLength: choice & 1 ? 5 : choice & 2 ? 10 : 6 });
    session.send();
  },
  (memory, session, choice) => {
    const fields = { packetId: memory.u8(), reasonCode: choice & 2 ? 0x80 : 0 };
    session.begin(choice & 1 ? PacketType.PUBREC : PacketType.PUBACK, fields);
    session.send();
  },
  (memory, session, type) => {
    session.begin(type, { packetId: memory.u8(), reasonCode: memory.u8() });
    session.properties();
    session.send(memory.u8() % MOST.output);
  },
  (memory, session, choice) => {
    const properties = memory.take(choice & 4 ? memory.u8() % 16 : 0);
    const tail = session.isVersion5 ? listed(properties) : [];
    session.receiveBody(0x20, [choice & 1, choice & 2 ? 0x80 : 0, ...tail]);
  },
  receivePublish,
  (memory, session, choice) => {
    const packetId = memory.u8();
    const type = 4 + (choice % 4);
    const reason = session.isVersion5 ? [choice & 4 ? 0x80 : 0] : [];
    receiveMade(session, (type << 4) | (type === PacketType.PUBREL ? 2 : 0), packetId, reason);
  },
  (memory, session, choice) => {
    const packetId = memory.u8();
    receiveMade(session, choice & 1 ? 0xb0 : 0x90, packetId, session.isVersion5 ? [0] : [], memory.take(choice >> 2));
  },
  (memory, session, choice) => {
    const reason = choice % 3 ? [memory.u8()].filter((code) => code !== 0xff) : [];
    const more = choice & 8 ? [...memory.take(memory.u8() % 16)] : [];
    receiveMade(session, (13 + (choice % 3)) << 4, 0, reason, more.length > 0 ? listed(more) : []);
  },
  (memory, session, capacity) => session.receive(memory.take(memory.u8() % 64), capacity),
];

export function callSession(memory: CallMemory): void {
  const session = new Session(memory);
  while (session.isMade && memory.left > 0) {
    const operation = memory.u8();
    OPERATIONS[operation & 15](memory, session, operation >> 4);
  }
}
