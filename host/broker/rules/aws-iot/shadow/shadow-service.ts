import { HeldShadows, type Shadow } from './held-shadows.js';
import {
  deltaOf,
  type JsonObject,
  merged,
  SECTIONS,
  type SectionName,
  type Sections,
  stamped,
} from './shadow-document.js';
import {
  readToken,
  readUpdate,
  SHADOW_LIMITS,
  ShadowError,
  type ShadowLimits,
  type UpdateRequest,
} from './shadow-request.js';
import { type ShadowTopic, shadowTopic } from './shadow-topic.js';

/** A message that the service sends. */
export interface ShadowMessage {
  readonly topic: string;
  /** JSON. */
  readonly payload: string;
}

/** What a request leads to. */
export interface ShadowAnswer {
  readonly messages: readonly ShadowMessage[];
  /** What is to be kept before they are sent, if something changed. */
  readonly kept?: KeptShadow;
}

export interface KeptShadow {
  readonly key: string;
  /** For `restore` after a restart. */
  readonly text: string;
  /** Keys of shadows that made room for it: they need not be kept any more. */
  readonly forgotten: readonly string[];
  /** For when it cannot be kept: takes the change back. @returns what is to be sent instead */
  undo(): ShadowMessage;
}

/** Seconds for which the version of a deleted shadow goes on. */
const REMEMBERED = 48 * 3600;

/**
 * Device shadows over MQTT (the AWS IoT device shadow service): classic and named ones. Without input and output: a request comes in,
 * messages go out. The order in which requests come is the order of the versions.
 */
export class ShadowService {
  readonly #limits: ShadowLimits;
  readonly #shadows: HeldShadows;

  constructor(limits: Partial<ShadowLimits> = {}) {
    this.#limits = { ...SHADOW_LIMITS, ...limits };
    this.#shadows = new HeldShadows(this.#limits);
  }

  /**
   * @param now seconds since 1970
   * @returns undefined for a topic that is not a request
   */
  handle(topic: string, payload: Uint8Array, now: number): ShadowAnswer | undefined {
    const request = shadowTopic(topic);
    if (!request) return undefined;
    try {
      switch (request.action) {
        case 'get':
          return this.#get(request, readToken(payload), now);
        case 'delete':
          return this.#delete(request, tokenOrNone(payload), now);
        case 'update':
          return this.#update(request, readUpdate(payload, this.#limits), now);
      }
    } catch (error) {
      if (!(error instanceof ShadowError)) throw error;
      const { code, message, clientToken } = error;
      return { messages: [answer(request, 'rejected', { code, message, timestamp: now, clientToken })] };
    }
  }

  /** Takes back what `kept` held. @throws SyntaxError for something else */
  restore(key: string, text: string): void {
    this.#shadows.set(key, JSON.parse(text) as Shadow, text);
  }

  #get(request: ShadowTopic, clientToken: string | undefined, now: number): ShadowAnswer {
    const { sections, version } = this.#existing(request, clientToken);
    const delta = deltaOf(sections);
    const state = { ...valuesOf(sections), ...(delta && { delta: delta.value }) };
    const metadata = { ...metadataOf(sections), ...(delta && { delta: delta.metadata }) };
    return { messages: [answer(request, 'accepted', { state, metadata, version, timestamp: now, clientToken })] };
  }

  #delete(request: ShadowTopic, clientToken: string | undefined, now: number): ShadowAnswer {
    const { version } = this.#existing(request, clientToken);
    const kept = this.#keep(request, { version, timestamp: now, sections: undefined }, clientToken);
    return { messages: [answer(request, 'accepted', { version, timestamp: now, clientToken })], kept };
  }

  #update(request: ShadowTopic, update: UpdateRequest, now: number): ShadowAnswer {
    const { clientToken } = update;
    const old = this.#shadows.get(keyOf(request));
    const isForgotten = old === undefined || (!old.sections && now - old.timestamp > REMEMBERED);
    const before = isForgotten ? 0 : old.version;
    if (update.version !== undefined && update.version !== before) {
      throw new ShadowError(409, 'Version conflict', clientToken);
    }
    const sections = changed(old?.sections ?? {}, update.state, now);
    const size = Buffer.byteLength(JSON.stringify(valuesOf(sections)));
    if (size > this.#limits.documentSize) {
      throw new ShadowError(413, 'The payload exceeds the maximum size allowed', clientToken);
    }
    const version = before + 1;
    const kept = this.#keep(request, { version, timestamp: now, sections }, clientToken);
    const sent = Object.entries(update.state).filter(([, section]) => section !== null) as [SectionName, JsonObject][];
    const metadata = Object.fromEntries(sent.map(([name, section]) => [name, stamped(section, now)]));
    const messages = [
      answer(request, 'accepted', { state: update.state, metadata, version, timestamp: now, clientToken }),
    ];
    const delta = deltaOf(sections);
    if (delta) {
      const body = { version, timestamp: now, state: delta.value, metadata: delta.metadata, clientToken };
      messages.push(answer(request, 'delta', body));
    }
    const previous = old?.sections && documentOf(old.sections, old.version);
    const current = documentOf(sections, version);
    messages.push(answer(request, 'documents', { previous, current, timestamp: now, clientToken }));
    return { messages, kept };
  }

  /** @throws ShadowError 404 */
  #existing(request: ShadowTopic, clientToken: string | undefined): Shadow & { sections: Sections } {
    const { sections, ...rest } = this.#shadows.get(keyOf(request)) ?? {};
    if (sections) return { ...(rest as Shadow), sections };
    throw new ShadowError(404, `No shadow exists with name: ${keyOf(request).replace('/', '~')}`, clientToken);
  }

  /** AWS has no such limits; memory has. @throws ShadowError 429 */
  #keep(request: ShadowTopic, shadow: Shadow, clientToken: string | undefined): KeptShadow {
    const key = keyOf(request);
    const text = JSON.stringify(shadow);
    const before = this.#shadows.get(key);
    const forgotten = this.#shadows.makeRoom(key, text);
    if (!forgotten) {
      const { shadows, bytes } = this.#limits;
      const message = `The broker keeps at most ${shadows} shadows, and ${bytes} bytes of them; delete some`;
      throw new ShadowError(429, message, clientToken);
    }
    this.#shadows.set(key, shadow, text);
    const undo = () => {
      if (this.#shadows.get(key) === shadow) {
        if (before) this.#shadows.set(key, before, JSON.stringify(before));
        else this.#shadows.forget(key);
      }
      const body = { code: 500, message: 'Internal service failure', timestamp: shadow.timestamp, clientToken };
      return answer(request, 'rejected', body);
    };
    return { key, text, forgotten, undo };
  }
}

/** `thing`, or `thing/shadow`. */
function keyOf({ thing, shadow }: ShadowTopic): string {
  return shadow === undefined ? thing : `${thing}/${shadow}`;
}

function answer({ prefix, action }: ShadowTopic, kind: string, body: object): ShadowMessage {
  return { topic: `${prefix}/${action}/${kind}`, payload: JSON.stringify(body) };
}

/** The body of a delete is ignored, so what is wrong with it is too. */
function tokenOrNone(payload: Uint8Array): string | undefined {
  try {
    return readToken(payload);
  } catch {
    return undefined;
  }
}

function changed(sections: Sections, state: UpdateRequest['state'], now: number): Sections {
  const after: Sections = { ...sections };
  for (const name of SECTIONS) {
    const change = state[name];
    if (change === null) delete after[name];
    else if (change !== undefined) after[name] = merged(after[name], change, now);
  }
  return after;
}

function documentOf(sections: Sections, version: number): object {
  return { state: valuesOf(sections), metadata: metadataOf(sections), version };
}

function valuesOf(sections: Sections): object {
  return Object.fromEntries(Object.entries(sections).map(([name, { value }]) => [name, value]));
}

function metadataOf(sections: Sections): object {
  return Object.fromEntries(Object.entries(sections).map(([name, { metadata }]) => [name, metadata]));
}
