/** The user names of dojot's own services: a user name is a service's only when it is the same, letter for letter. */
export interface ServiceNames {
  /** Those that publish what Kafka has for devices. */
  readonly k2v: ReadonlySet<string>;
  /** Those that read what devices publish, for Kafka. */
  readonly v2k: ReadonlySet<string>;
}

const ATTRIBUTES = 'attrs';
const CONFIGURATION = 'config';

/**
 * Why a user may not publish to this topic: a device to `tenant:device/attrs`, the K2V bridge to any `…/config`, both to what is below.
 *
 * @returns undefined when it may
 */
export function publishRefusal(
  userName: string | undefined,
  topic: string,
  services: ServiceNames,
): string | undefined {
  if (!userName) return NOBODY;
  const [first, second] = topic.split('/', 2);
  if (services.k2v.has(userName)) {
    return second === CONFIGURATION ? undefined : `${userName} publishes to …/${CONFIGURATION} only, not to ${topic}`;
  }
  if (first === userName && second === ATTRIBUTES) return undefined;
  const own = `${userName}/${ATTRIBUTES}`;
  return `${userName} publishes to ${own} only, not to ${topic}${hint(first, userName, second, CONFIGURATION)}`;
}

/**
 * Why a user may not subscribe to this filter: a device to `tenant:device/config` and what is below, the V2K bridge to everything.
 *
 * @returns undefined when it may
 */
export function subscribeRefusal(
  userName: string | undefined,
  filter: string,
  services: ServiceNames,
): string | undefined {
  if (!userName) return NOBODY;
  if (services.v2k.has(userName)) return undefined;
  const [first, second] = filter.split('/', 2);
  // A name such as "+" would be a filter for the topics of everybody.
  if (first === userName && second === CONFIGURATION && !/[+#]/.test(userName)) return undefined;
  const own = `${userName}/${CONFIGURATION}`;
  return `${userName} subscribes to ${own} only, not to ${filter}${hint(first, userName, second, ATTRIBUTES)}`;
}

const NOBODY = 'the client has no user name, which would be tenant:device: connect with a certificate, or send one';

/** What is most often meant by a topic that is not allowed. */
function hint(first: string, userName: string, second: string | undefined, other: string): string {
  if (first !== userName) return '';
  if (second === other) {
    return other === ATTRIBUTES ? ': what a device publishes goes to Kafka' : ': that is what a device gets';
  }
  return second === undefined ? ': the second level is missing' : '';
}
