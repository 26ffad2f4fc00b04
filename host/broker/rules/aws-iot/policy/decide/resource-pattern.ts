import { arnOf, type ContextValues, type Home } from './policy-context.js';
import { type Glob, globMatches, isKey, keysOf, RUN, readTemplate, resolve, shown, type Template } from './template.js';

/** The five fields of an ARN before the resource. */
const FIELDS = ['arn', 'partition', 'service', 'region', 'account'] as const;
export type ArnField = (typeof FIELDS)[number];

/**
 * An entry of Resource or NotResource, or a value of ArnLike. ARNs are compared field by field, as ArnLike does it (IAM user guide):
 * a wildcard in region or account does not reach into the resource. What follows the fifth colon is the resource, colons included.
 */
export class ResourcePattern {
  /** As written. */
  readonly text: string;
  /** What follows the account; for `*`, a run. */
  readonly resource: Template;
  /** The fields that are never those of the home, with what is written there. */
  readonly wrongFields: readonly { field: ArnField; text: string }[];
  /** `*`, every resource. */
  readonly isEverything: boolean;
  readonly #fixed: Glob | undefined;
  readonly #start: string;

  constructor(text: string, variables: boolean, home: Home) {
    this.text = text;
    this.isEverything = text === '*';
    const fields = fieldsOf(readTemplate(text, variables));
    const isShort = !this.isEverything && fields.length < FIELDS.length + 1;
    const isOpen = isShort && fields.at(-1)!.at(-1) === RUN;
    this.resource = this.isEverything || isOpen ? [RUN] : (fields[FIELDS.length] ?? []);
    const expected = ['arn', home.partition, 'iot', home.region, home.account];
    const wrong = FIELDS.flatMap((field, index) => {
      const written = fields[index] ?? (isOpen ? [RUN] : []);
      const fits = !written.some(isKey) && globMatches(written as Glob, expected[index]);
      return this.isEverything || fits ? [] : [{ field, text: shown(written) }];
    });
    this.wrongFields = wrong;
    this.#fixed = this.resource.some(isKey) ? undefined : (this.resource as Glob);
    this.#start = typeof this.resource[0] === 'string' ? this.resource[0] : '';
  }

  /** Whether it names something in the home. */
  get isAtHome(): boolean {
    return this.wrongFields.length === 0;
  }

  /** @param resource what follows the account, such as `topic/a`. A variable without a value matches nothing */
  matches(resource: string, values: ContextValues): boolean {
    if (!this.isAtHome || !resource.startsWith(this.#start)) return false;
    const glob = this.#fixed ?? resolve(this.resource, values);
    return glob !== undefined && globMatches(glob, resource);
  }

  /** Whether some values of its variables would make it match, in some home. */
  fitsSome(resource: string): boolean {
    return globMatches(
      this.resource.map((part) => (isKey(part) ? RUN : part)),
      resource,
    );
  }

  isResolved(values: ContextValues): boolean {
    return this.#fixed !== undefined || keysOf(this.resource).every((key) => values.text(key) !== undefined);
  }

  /** The resource with values in the place of variables. */
  shownWith(values?: ContextValues): string {
    return shown(this.resource, values);
  }

  /** The same entry with another resource. */
  withResource(resource: string, home: Home): string {
    const fields = this.text.split(':');
    const isPlain = fields.length > FIELDS.length && !fields.slice(0, FIELDS.length).join(':').includes('${');
    return isPlain && this.isAtHome ? [...fields.slice(0, FIELDS.length), resource].join(':') : arnOf(home, resource);
  }
}

/** Splits at colons, but not in variables; what follows the fifth is one field. */
export function fieldsOf(template: Template): Template[] {
  const fields: Template[number][][] = [[]];
  for (const part of template) {
    if (typeof part !== 'string') {
      fields.at(-1)!.push(part);
      continue;
    }
    const pieces = part.split(':');
    const splits = FIELDS.length + 1 - fields.length;
    const own = pieces.length <= splits ? pieces : [...pieces.slice(0, splits), pieces.slice(splits).join(':')];
    for (const [index, piece] of own.entries()) {
      if (index > 0) fields.push([]);
      if (piece !== '') fields.at(-1)!.push(piece);
    }
  }
  return fields;
}

const ACCOUNT = /^\d{12}$/;
const REGION = /^[a-z]{2}(-[a-z]+)+-\d+$/;

/** Whether the text can be the value of this field. */
export function isProperField(field: ArnField, text: string): boolean {
  if (field === 'account') return ACCOUNT.test(text);
  return field === 'region' ? REGION.test(text) : /^aws(-[a-z]+)*$/.test(text);
}

/** What is used where neither options nor documents name a region or an account. */
export const STAND_IN: Home = { partition: 'aws', region: 'us-east-1', account: '123456789012' };

/**
 * Where policies are at home: as given, else the partition, region and account that most of their ARNs name.
 *
 * @param texts entries of Resource
 */
export function homeOf(texts: readonly string[], given: Partial<Home> = {}): Home {
  const most = (field: 'partition' | 'region' | 'account') => {
    const counts = new Map<string, number>();
    for (const text of texts) {
      const written = fieldsOf(readTemplate(text, true))[FIELDS.indexOf(field)] ?? [];
      const name = shown(written);
      if (isProperField(field, name)) counts.set(name, (counts.get(name) ?? 0) + 1);
    }
    return [...counts].sort(([, one], [, other]) => other - one).at(0)?.[0] ?? STAND_IN[field];
  };
  return {
    partition: given.partition ?? most('partition'),
    region: given.region ?? most('region'),
    account: given.account ?? most('account'),
  };
}
