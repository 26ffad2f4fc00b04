import { BlockList, isIP } from 'node:net';
import type { OperatorName } from '../document/operator-names.js';
import type { ContextValues, Home } from './policy-context.js';
import { ResourcePattern, STAND_IN } from './resource-pattern.js';
import { globMatches, readTemplate, resolve, type Template } from './template.js';

/** Whether a value of the context agrees with one that the policy lists; undefined when that one has a variable without a value. */
export type ValueTest = (actual: string, values: ContextValues) => boolean | undefined;

/**
 * What an operator compares, without its negation: `StringNotLike` tests as `StringLike` does.
 *
 * @param text the value in the policy
 */
export function valueTest(operator: OperatorName, text: string, variables: boolean): ValueTest {
  const bare = operator.replace('Not', '');
  if (bare.startsWith('Arn')) return arnTest(text, variables);
  const isLike = bare === 'StringLike';
  const template = readTemplate(text, variables, isLike);
  if (isLike) {
    return (actual, values) => {
      const glob = resolve(template, values);
      return glob && globMatches(glob, actual);
    };
  }
  const compare = COMPARISONS[bare] ?? equal;
  return (actual, values) => {
    const expected = literal(template, values);
    return expected === undefined ? undefined : compare(actual, expected);
  };
}

type Comparison = (actual: string, expected: string) => boolean;

const equal: Comparison = (actual, expected) => actual === expected;
const ignoringCase: Comparison = (actual, expected) => actual.toLowerCase() === expected.toLowerCase();

const ORDERS: Readonly<Record<string, (actual: number, expected: number) => boolean>> = {
  Equals: (actual, expected) => actual === expected,
  LessThan: (actual, expected) => actual < expected,
  LessThanEquals: (actual, expected) => actual <= expected,
  GreaterThan: (actual, expected) => actual > expected,
  GreaterThanEquals: (actual, expected) => actual >= expected,
};

const COMPARISONS: Readonly<Record<string, Comparison>> = {
  StringEqualsIgnoreCase: ignoringCase,
  Bool: ignoringCase,
  BinaryEquals: (actual, expected) => Buffer.from(expected, 'base64').equals(Buffer.from(actual)),
  IpAddress: isWithin,
  ...Object.fromEntries(
    Object.entries(ORDERS).flatMap(([order, holds]): [string, Comparison][] => [
      [`Numeric${order}`, (actual, expected) => holds(numberOf(actual), numberOf(expected))],
      [`Date${order}`, (actual, expected) => holds(timeOf(actual), timeOf(expected))],
    ]),
  ),
};

/** NaN, with which nothing agrees, for what is not a decimal number. */
function numberOf(text: string): number {
  return /^[+-]?\d+(\.\d+)?$/.test(text.trim()) ? Number(text) : Number.NaN;
}

/** ISO 8601, or seconds since 1970. */
function timeOf(text: string): number {
  if (/^\d+$/.test(text)) return Number(text) * 1000;
  return /^\d{4}-\d\d-\d\d/.test(text) ? Date.parse(text) : Number.NaN;
}

const networks = new Map<string, BlockList | undefined>();
/** Networks of variables would fill the memory. */
const MOST_NETWORKS = 1000;

/** @param network an address, or one with the length of its prefix (RFC 4632 3.1) */
function isWithin(address: string, network: string): boolean {
  let list = networks.get(network);
  if (!list && !networks.has(network)) {
    list = networkList(network);
    if (networks.size < MOST_NETWORKS) networks.set(network, list);
  }
  const family = isIP(address);
  return list !== undefined && family !== 0 && list.check(address, family === 6 ? 'ipv6' : 'ipv4');
}

/** Undefined for what is not a network. */
export function networkList(network: string): BlockList | undefined {
  const [, address, prefix] = /^([^/]+?)(?:\/(\d{1,3}))?$/.exec(network) ?? [];
  const family = isIP(address ?? '');
  const most = family === 6 ? 128 : 32;
  if (family === 0 || Number(prefix ?? 0) > most) return undefined;
  const list = new BlockList();
  list.addSubnet(address, Number(prefix ?? most), family === 6 ? 'ipv6' : 'ipv4');
  return list;
}

function literal(template: Template, values: ContextValues): string | undefined {
  const glob = resolve(template, values);
  return glob && (glob.length === 0 ? '' : (glob[0] as string));
}

/** Field by field, wildcards in each; of the resource as of Resource. */
function arnTest(text: string, variables: boolean): ValueTest {
  const patterns = new Map<string, ResourcePattern>();
  return (actual, values) => {
    const [arn, partition, service, region, account, ...rest] = actual.split(':');
    if (arn !== 'arn' || service !== 'iot' || rest.length === 0) return false;
    const home: Home = { ...STAND_IN, partition, region, account };
    const key = `${partition}:${region}:${account}`;
    const pattern = patterns.get(key) ?? new ResourcePattern(text, variables, home);
    if (patterns.size < MOST_NETWORKS) patterns.set(key, pattern);
    if (!pattern.isResolved(values)) return undefined;
    return pattern.matches(rest.join(':'), values);
  };
}
