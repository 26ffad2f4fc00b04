// What is called with an input of tests/fuzz/corpus/session: five bytes that make a session, then operations as targets/session.c has them.
import { abi } from './masks.js';

const { PacketRecord, PacketType, SessionContext, SessionRecord } = abi;

const MOST = { input: 128, output: 64 };
/** Topics and filters of the client's packets. */
const TEXTS = Buffer.from('topic/a\0\x03a/b\x01\0\x01c\x02\0', 'latin1');

class Session {
  #room;
  #places;
  #now = 0;

  constructor(room) {
    const [sends, receives, flags] = [room.u8() % 8, room.u8() % 8, room.u8() & 3];
    const [aliases, timeout] = [room.u8() % 64, room.u8() * 100];
    this.#room = room;
    this.size = SessionContext.HEADER + SessionContext.ENTRY * (sends + receives) + aliases;
    this.#places = [room.place(this.size), room.place(this.size)];
    this.packet = room.place(PacketRecord.SIZE);
    this.input = room.place(MOST.input);
    this.output = room.place(MOST.output);
    const make = (at, size) => room.call('session_init', at, size, sends, receives, flags, timeout);
    make(this.context + 1, this.size);
    make(this.context, this.size - aliases - 1);
    this.isMade = make(this.context, this.size) === 0;
  }

  get context() {
    return this.#places[0];
  }

  head(name) {
    return this.#room.word(this.context + SessionRecord[name]);
  }

  get isVersion5() {
    return this.head('protocolVersion') === 5;
  }

  begin(type, fields = {}) {
    const room = this.#room;
    room.put(this.input, TEXTS);
    room.put(this.packet, new Uint8Array(PacketRecord.SIZE));
    const all = { type, protocolVersion: 5, topic: this.input, topicLength: 7, ...fields };
    room.set(this.packet, PacketRecord, all);
  }

  set(fields) {
    this.#room.set(this.packet, PacketRecord, fields);
  }

  properties() {
    const bytes = this.#room.take(this.#room.u8() % 16);
    const properties = this.#room.put(this.input + TEXTS.length, bytes);
    this.set({ properties, propertiesLength: bytes.length });
  }

  send(capacity = MOST.output) {
    this.#room.call('session_send', this.context, this.packet, this.#now, this.output, capacity);
  }

  receive(bytes, capacity = MOST.output) {
    const version = this.head('protocolVersion') || 5;
    this.#room.put(this.input, bytes);
    const { length } = bytes;
    // Only what mqtt_decode gave is a packet of the server.
    if (this.#room.call('mqtt_decode', this.input, length, version, length, this.packet) > 0)
      this.#room.call('session_receive', this.context, this.packet, this.#now, this.output, capacity);
  }

  /** A packet of the server of these bytes behind its fixed header. */
  receiveBody(first, body, capacity) {
    this.receive(Buffer.from([first, body.length, ...body]), capacity);
  }

  pass(milliseconds) {
    this.#now = (this.#now + milliseconds) >>> 0;
  }

  poll(capacity) {
    this.#room.call('session_deadline', this.context, this.#now);
    this.#room.call('session_poll', this.context, this.#now, this.output, capacity);
  }

  close() {
    this.#room.call('session_close', this.context);
  }

  /** A context holds no addresses: it is moved to its other place, and what stays behind is none. */
  move() {
    const room = this.#room;
    room.put(this.#places[1], room.read(this.context, this.size));
    room.put(this.context, new Uint8Array(this.size).fill(0xa5));
    this.send();
    this.#places.reverse();
  }
}

const id = (number) => [number >> 8, number & 255];
const listed = (bytes) => [bytes.length, ...bytes];

function receivePublish(room, session, flags) {
  const [packetId, alias] = [room.u8(), room.u8()];
  const body = [...(alias & 0x80 ? [0, 0] : [0, 3, ...Buffer.from('a/b')]), ...(flags & 6 ? id(packetId) : [])];
  if (session.isVersion5) body.push(...listed(alias & 0x7f ? [35, 0, alias & 0x7f] : []));
  session.receiveBody(0x30 | flags, body);
}

/** A packet of the server with an identifier, unless it is 0, a reason in MQTT 5, and more. */
function receiveMade(session, first, packetId, reason, more = []) {
  session.receiveBody(first, [...(packetId ? id(packetId) : []), ...reason, ...more]);
}

/** The operations in the order of their numbers; `choice` is the upper half of the byte. */
const OPERATIONS = [
  (room, session, choice) => session.pass(room.u8() << choice),
  (_, session, choice) => session.poll(choice),
  (_, session) => session.close(),
  (_, session) => session.move(),
  (room, session, choice) => {
    const fields = { protocolVersion: choice & 1 ? 4 : 5, connectFlags: choice & 2, keepAlive: room.u8() };
    session.begin(PacketType.CONNECT, { ...fields, clientId: session.input, clientIdLength: 1 });
    if (choice & 4) session.properties();
    session.send();
  },
  (room, session, flags) => {
    session.begin(PacketType.PUBLISH, { flags, packetId: room.u8() });
    session.send();
  },
  (_, session, choice) => {
    session.begin(PacketType.PUBLISH, { flags: 8 | (choice & 1 ? 2 : 4), packetId: session.head('packetId') });
    session.send();
  },
  (room, session, choice) => {
    session.begin(choice & 1 ? PacketType.UNSUBSCRIBE : PacketType.SUBSCRIBE, { packetId: room.u8() });
    session.set({ payload: session.input + 7, payloadLength: choice & 1 ? 5 : choice & 2 ? 10 : 6 });
    session.send();
  },
  (room, session, choice) => {
    const fields = { packetId: room.u8(), reasonCode: choice & 2 ? 0x80 : 0 };
    session.begin(choice & 1 ? PacketType.PUBREC : PacketType.PUBACK, fields);
    session.send();
  },
  (room, session, type) => {
    session.begin(type, { packetId: room.u8(), reasonCode: room.u8() });
    session.properties();
    session.send(room.u8() % MOST.output);
  },
  (room, session, choice) => {
    const properties = room.take(choice & 4 ? room.u8() % 16 : 0);
    const tail = session.isVersion5 ? listed(properties) : [];
    session.receiveBody(0x20, [choice & 1, choice & 2 ? 0x80 : 0, ...tail]);
  },
  receivePublish,
  (room, session, choice) => {
    const packetId = room.u8();
    const type = 4 + (choice % 4);
    const reason = session.isVersion5 ? [choice & 4 ? 0x80 : 0] : [];
    receiveMade(session, (type << 4) | (type === PacketType.PUBREL ? 2 : 0), packetId, reason);
  },
  (room, session, choice) => {
    const packetId = room.u8();
    receiveMade(session, choice & 1 ? 0xb0 : 0x90, packetId, session.isVersion5 ? [0] : [], room.take(choice >> 2));
  },
  (room, session, choice) => {
    const reason = choice % 3 ? [room.u8()].filter((code) => code !== 0xff) : [];
    const more = choice & 8 ? room.take(room.u8() % 16) : [];
    receiveMade(session, (13 + (choice % 3)) << 4, 0, reason, more.length > 0 ? listed(more) : []);
  },
  (room, session, capacity) => session.receive(room.take(room.u8() % 64), capacity),
];

export function callSession(room) {
  const session = new Session(room);
  while (session.isMade && room.left > 0) {
    const operation = room.u8();
    OPERATIONS[operation & 15](room, session, operation >> 4);
  }
}
