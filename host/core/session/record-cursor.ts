import { utf8Text } from '../bytes/strings.js';
import { PacketCursor } from '../decode/cursor.js';
import { itemOf, type PayloadPiece, type PublishStart } from '../decode/payload-pieces.js';
import { PAYLOAD, TOPIC, TOPIC_LENGTH } from '../decode/summary-words.js';
import { scratch } from '../engine/scratch.js';
import type { Packet } from '../packets.js';

/** A cursor that decodes one packet at a time, for a session that may change or refuse it. */
export class RecordCursor extends PacketCursor {
  protected override readonly capacity = 1;

  /** The address of the Packet record that is shown, until another cursor or other scratch memory is used. */
  get record(): number {
    return this.at << 2;
  }

  /** The bytes of the shown PUBLISH before its payload: a copy. */
  copyHead(): Uint8Array {
    const end = this.words[this.at + PAYLOAD] - this.source.shift;
    const length = this.length - this.payloadLength - this.remaining;
    return Uint8Array.from(this.source.bytes.subarray(end - length, end));
  }

  /**
   * What is shown as a plain object.
   *
   * @param isByAlias whether the session has put a topic into the record that does not lie in the packet
   */
  item(isByAlias: boolean): Packet | PublishStart | PayloadPiece {
    const { words, at } = this;
    const topic = words[at + TOPIC];
    const length = words[at + TOPIC_LENGTH];
    if (isByAlias) {
      words[at + TOPIC] = this.source.shift;
      words[at + TOPIC_LENGTH] = 0;
    }
    const item = itemOf(this, this.remaining);
    if (isByAlias) (item as PublishStart).topic = utf8Text(scratch.u8, topic, topic + length);
    return item;
  }
}
