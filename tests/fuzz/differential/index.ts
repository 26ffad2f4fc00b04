import { mqttPackets } from './mqtt.js';
import { writtenPackets } from './mqtt-write.js';
import { certificates, crls, keys, requests } from './structures.js';
import type { Subject } from './subject.js';
import { hexBytes, hexTexts, utf8Texts } from './text.js';

export const subjects: readonly Subject[] = [
  ...mqttPackets,
  writtenPackets,
  certificates,
  crls,
  requests,
  keys,
  hexTexts,
  hexBytes,
  utf8Texts,
] as Subject[];
