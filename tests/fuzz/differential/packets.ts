import { mqttPackets } from './mqtt.js';
import { encodedPackets } from './mqtt-encode.js';
import { writtenPackets } from './mqtt-write.js';
import type { Subject } from './subject.js';
import { hexBytes, hexTexts, utf8Texts } from './text.js';

/** The subjects that need nothing beyond Node. */
export const packetsAndTexts = [
  ...mqttPackets,
  encodedPackets,
  writtenPackets,
  hexTexts,
  hexBytes,
  utf8Texts,
] as readonly Subject[];
