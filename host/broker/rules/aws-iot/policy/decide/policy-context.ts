import { type CertificateNames, certificateNames } from './certificate-names.js';
import type { ContextKey } from './context-key.js';

/** A thing of the registry that the connection stands for. */
export interface PolicyThing {
  readonly name: string;
  readonly typeName?: string;
  readonly attributes?: Readonly<Record<string, string>>;
}

/** Who asks: where the values of variables and of Condition keys come from. What is undefined has no value. */
export interface PolicyContext {
  readonly clientId?: string;
  /** IPv4 or IPv6; one that is mapped (`::ffff:192.0.2.1`) is the IPv4 address. */
  readonly sourceIp?: string;
  /** The name that the client asked for in TLS. */
  readonly domainName?: string;
  /** SHA-256 of the DER, 64 hex digits. */
  readonly certificateId?: string;
  /** DER, or its names when they are known. */
  readonly certificate?: Uint8Array | CertificateNames;
  /**
   * The thing: one that is attached to the certificate and whose name is the client id; or the one that the certificate is attached to
   * exclusively, whatever the client id.
   */
  readonly thing?: PolicyThing;
  /** Default: whether there is a thing. Not attached is `false`, never missing. */
  readonly isAttached?: boolean;
  /** Things that the certificate is attached to, for explanations. */
  readonly attachedThings?: readonly string[];
  /** At CONNECT only: `PersistentConnect` for a session that outlives the connection, `LastWill` for a will. */
  readonly connectAttributes?: readonly ('PersistentConnect' | 'LastWill')[];
  /** At CONNECT only: the topic of the will. */
  readonly lastWillTopic?: string;
  /** Other keys by their AWS name, such as those of Cognito. */
  readonly values?: Readonly<Record<string, string | readonly string[]>>;
}

/** The place of a policy: the fields of ARNs that are the same for all of an account's resources. */
export interface Home {
  readonly partition: string;
  readonly region: string;
  /** 12 digits. */
  readonly account: string;
}

/** Longest value of a certificate that is put in for a variable. */
const LONGEST_VALUE = 1024;

/** The values of one context, each read when it is first asked for. */
export class ContextValues {
  readonly context: PolicyContext;
  readonly #home: Home;
  readonly #lists = new Map<string, readonly string[] | undefined>();
  #names: CertificateNames | undefined;

  constructor(context: PolicyContext, home: Home) {
    this.context = context;
    this.#home = home;
  }

  /** What stands in the place of the variable; undefined leaves it unresolved. */
  text(key: ContextKey): string | undefined {
    if (key.id === undefined || key.index === 'list') return undefined;
    const value = this.#all(key.id)?.[key.index];
    if (key.family !== 'certificate' || value === undefined) return value;
    return value.length > LONGEST_VALUE || /[*$+?#]/.test(value) ? undefined : value;
  }

  /** The values of a Condition key; undefined when it is missing. */
  list(key: ContextKey): readonly string[] | undefined {
    if (key.id === undefined) return this.#other(key.text);
    const all = this.#all(key.id);
    if (key.index === 'list' || all === undefined) return all;
    return key.index < all.length ? [all[key.index]] : undefined;
  }

  #all(id: string): readonly string[] | undefined {
    if (this.#lists.has(id)) return this.#lists.get(id);
    const list = this.#read(id);
    this.#lists.set(id, list);
    return list;
  }

  #read(id: string): readonly string[] | undefined {
    const { context } = this;
    const { thing, lastWillTopic } = context;
    switch (id) {
      case 'iot:clientid':
        return one(context.clientId);
      case 'aws:sourceip':
        return one(context.sourceIp?.replace(/^::ffff:(?=\d+\.)/i, ''));
      case 'iot:domainname':
        return one(context.domainName);
      case 'iot:certificateid':
        return one(context.certificateId);
      case 'iot:connection.thing.thingname':
        return one(thing?.name);
      case 'iot:connection.thing.thingtypename':
        return one(thing?.typeName);
      case 'iot:connection.thing.isattached':
        return [String(context.isAttached ?? thing !== undefined)];
      case 'iot:connectattributes':
        return context.connectAttributes;
      case 'iot:lastwilltopic':
        return lastWillTopic === undefined ? undefined : [arnOf(this.#home, `topic/${lastWillTopic}`)];
    }
    if (id.startsWith('iot:connection.thing.attributes[')) {
      const name = id.slice('iot:connection.thing.attributes['.length, -1);
      const { attributes = {} } = thing ?? {};
      return Object.hasOwn(attributes, name) ? [attributes[name]] : undefined;
    }
    if (id.startsWith('iot:certificate.')) return this.#certificate.get(id);
    return this.#other(id);
  }

  get #certificate(): CertificateNames {
    const { certificate } = this.context;
    this.#names ??= certificate instanceof Uint8Array ? certificateNames(certificate) : (certificate ?? new Map());
    return this.#names;
  }

  #other(name: string): readonly string[] | undefined {
    const { values = {} } = this.context;
    const found = Object.keys(values).find((key) => key.toLowerCase() === name.toLowerCase());
    if (found === undefined) return undefined;
    const value = values[found];
    return typeof value === 'string' ? [value] : value;
  }
}

const one = (value: string | undefined) => (value === undefined ? undefined : [value]);

/** @param resource what follows the account, such as `topic/a` */
export function arnOf({ partition, region, account }: Home, resource: string): string {
  return `arn:${partition}:iot:${region}:${account}:${resource}`;
}
