import { packetsAndTexts } from './packets.js';
import { certificates, crls, keys, requests } from './structures.js';
import type { Subject } from './subject.js';

/** The subjects that need openssl and Debian's python3-cryptography-vectors. */
export const structures = [certificates, crls, requests, keys] as readonly Subject[];

export const subjects: readonly Subject[] = [...packetsAndTexts, ...structures];
