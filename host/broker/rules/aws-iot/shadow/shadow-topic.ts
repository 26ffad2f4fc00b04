/** A request to the shadow service, as its topic has it. */
export interface ShadowTopic {
  readonly thing: string;
  /** Undefined for the classic shadow. */
  readonly shadow?: string;
  readonly action: 'get' | 'update' | 'delete';
  /** Of the answers: what comes before `/get`, `/update` and `/delete`. */
  readonly prefix: string;
}

/** Names as the registry takes them: 128 and 64 characters at most. */
const REQUEST =
  /^(\$aws\/things\/([a-zA-Z0-9:_-]{1,128})\/shadow(?:\/name\/([a-zA-Z0-9:_-]{1,64}))?)\/(get|update|delete)$/;

/** Filters of all requests. */
export const SHADOW_REQUESTS = ['get', 'update', 'delete'].flatMap((action) => [
  `$aws/things/+/shadow/${action}`,
  `$aws/things/+/shadow/name/+/${action}`,
]);

/** Undefined when the topic is not that of a request. */
export function shadowTopic(topic: string): ShadowTopic | undefined {
  const parts = REQUEST.exec(topic);
  if (!parts) return undefined;
  const [, prefix, thing, shadow, action] = parts;
  return { thing, shadow, action: action as ShadowTopic['action'], prefix };
}
