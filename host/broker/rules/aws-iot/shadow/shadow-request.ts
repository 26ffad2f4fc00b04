import { parseJson } from '../../../../node/json-depth.js';
import { isObject, type Json, type JsonObject, SECTIONS, type SectionName } from './shadow-document.js';

/** Why a request is refused, with the code and the words of AWS (device shadow error messages). */
export class ShadowError extends Error {
  override name = 'ShadowError';
  readonly code: number;
  /** So far as it could be read. */
  clientToken: string | undefined;

  constructor(code: number, message: string, clientToken?: string) {
    super(message);
    this.code = code;
    this.clientToken = clientToken;
  }
}

/** The body of an update. */
export interface UpdateRequest {
  /** Null takes the section away. */
  readonly state: Partial<Record<SectionName, JsonObject | null>>;
  readonly version?: number;
  readonly clientToken?: string;
}

export interface ShadowLimits {
  /** Bytes of a shadow's state, without metadata. */
  readonly documentSize: number;
  /** Levels of objects and arrays in a section. */
  readonly nesting: number;
  /** Shadows, deleted ones among them whose version goes on. */
  readonly shadows: number;
  /** Bytes of all shadows together, as they are kept: with their metadata, which can be ten times the state. */
  readonly bytes: number;
}

/** AWS's message says 6; its quota page has said 5 and 8. */
export const SHADOW_LIMITS: ShadowLimits = { documentSize: 8192, nesting: 6, shadows: 10_000, bytes: 33_554_432 };

/** Most bytes of a client token. */
const LONGEST_TOKEN = 64;

/** Brackets that may be open at a time, before anything is parsed. */
const DEEPEST = 100;

/** @throws ShadowError 400 or 413 */
export function readUpdate(payload: Uint8Array, limits: ShadowLimits): UpdateRequest {
  if (payload.length > limits.documentSize * 2)
    throw new ShadowError(413, 'The payload exceeds the maximum size allowed');
  const body = parse(payload);
  const clientToken = tokenOf(body);
  const fail = (message: string) => new ShadowError(400, message, clientToken);
  const { state, version } = body;
  if (state === undefined) throw fail('Missing required node: state');
  if (!isObject(state)) throw fail('State node must be an object');
  for (const [name, section] of Object.entries(state)) {
    const known = SECTIONS.find((each) => each === name);
    if (!known) throw fail('State contains an invalid node');
    if (section !== null && !isObject(section)) throw fail(`${capital(known)} node must be an object`);
    if (depthOf(section) > limits.nesting + 1) {
      throw fail(`JSON contains too many levels of nesting; maximum is ${limits.nesting}`);
    }
    if (hasNullInArray(section)) throw fail('State contains an invalid node');
  }
  if (version !== undefined && !(Number.isSafeInteger(version) && (version as number) >= 0))
    throw fail('Invalid version');
  return { state: state as UpdateRequest['state'], version: version as number | undefined, clientToken };
}

/** The token of a get or delete, whose body may be empty and is not read otherwise. @throws ShadowError 400 */
export function readToken(payload: Uint8Array): string | undefined {
  return payload.length === 0 ? undefined : tokenOf(parse(payload));
}

function parse(payload: Uint8Array): JsonObject {
  try {
    const text = new TextDecoder('utf-8', { fatal: true }).decode(payload);
    const body = parseJson(text, DEEPEST) as Json;
    if (isObject(body)) return body;
  } catch {
    // Below.
  }
  throw new ShadowError(400, 'Invalid JSON');
}

function tokenOf({ clientToken }: JsonObject): string | undefined {
  if (clientToken === undefined) return undefined;
  if (typeof clientToken === 'string' && Buffer.byteLength(clientToken) <= LONGEST_TOKEN) return clientToken;
  throw new ShadowError(400, 'Invalid clientToken');
}

function depthOf(value: Json): number {
  if (typeof value !== 'object' || value === null) return 0;
  return 1 + Math.max(0, ...Object.values(value).map(depthOf));
}

function hasNullInArray(value: Json): boolean {
  if (Array.isArray(value)) return value.some((element: Json) => element === null || hasNullInArray(element));
  return isObject(value) && Object.values(value).some(hasNullInArray);
}

function capital(word: string): string {
  return `${word[0].toUpperCase()}${word.slice(1)}`;
}
