import type { MemberNode, ObjectNode } from '@humanwhocodes/momoa';
import {
  at,
  type JsonNode,
  kindOf,
  listOf,
  memberName,
  membersOf,
  placed,
  type Report,
  readJson,
} from './json-text.js';
import type { NamedPolicy, PlacedText, PolicyMistake, Statement } from './policy-document.js';
import { readCondition } from './read-condition.js';

/** Characters of a document, white space not counted (API CreatePolicy). */
const LONGEST = 2048;
/** Characters that the parameter itself takes (API CreatePolicy). */
const LONGEST_TEXT = 404_600;
const NAME = /^[\w+=,.@-]{1,128}$/;
const ROOT = ['Version', 'Id', 'Statement'];
const STATEMENT = ['Sid', 'Effect', 'Action', 'NotAction', 'Resource', 'NotResource', 'Condition'];
const VERSIONS = ['2012-10-17', '2008-10-17'] as const;

/**
 * Reads a policy document as CreatePolicy does, and says of every rule that it breaks where: AWS answers MalformedPolicyException for
 * them, and InvalidRequestException for a name that it does not take. What AWS takes although it never matches is for `lintPolicies`.
 *
 * @param name 1 to 128 of letters, digits and `_+=,.@-`
 * @returns `policy` only when there are no mistakes
 *
 * @example
 * ```ts
 * import { type PolicyMistake, readPolicy } from 'wasmqtt/broker';
 *
 * const { policy, mistakes } = readPolicy('device', '{ "Version": "2012-10-17" }');
 * const lines = mistakes.map(({ line }: PolicyMistake) => line);
 * [policy, lines.length > 0]; // => [ undefined, true ]
 * ```
 */
export function readPolicy(name: string, text: string): { policy?: NamedPolicy; mistakes: readonly PolicyMistake[] } {
  const mistakes: PolicyMistake[] = [];
  const report: Report = (place, rule, message) => void mistakes.push({ ...place, rule, message });
  const start = { line: 1, column: 1 };
  if (!NAME.test(name)) {
    report(start, 'name', `${JSON.stringify(name)} is not a name of a policy: 1 to 128 of letters, digits and _+=,.@-`);
  }
  if (text.length > LONGEST_TEXT) {
    const much = `it has ${text.length} characters, and AWS takes ${LONGEST} without white space, ${LONGEST_TEXT} with it`;
    report(start, 'size', `${much}; use wildcards and variables, or make several policies of it`);
    return { mistakes };
  }
  const length = text.replace(/\s/g, '').length;
  if (length > LONGEST) {
    const much = `it has ${length} characters without white space, and AWS takes ${LONGEST}`;
    report(start, 'size', `${much}; use wildcards and variables, or make two policies of it`);
  }
  const root = readJson(text, report);
  if (!root) return { mistakes };
  const policy = root.type === 'Object' ? readRoot(root, report) : undefined;
  if (root.type !== 'Object') report(at(root), 'document', `a policy is an object, and this is ${kindOf(root)}`);
  checkStrings(text, root, report);
  mistakes.sort((one, other) => one.line - other.line || one.column - other.column);
  return { policy: policy && mistakes.length === 0 ? { name, ...policy, length } : undefined, mistakes };
}

function readRoot(root: ObjectNode, report: Report): Omit<NamedPolicy, 'name' | 'length'> | undefined {
  const members = membersOf(root, report);
  const answer = members.get('policyDocument');
  if (answer) {
    const old = members.get('isDefaultVersion')?.value;
    const more =
      old?.type === 'Boolean' && !old.value
        ? '; besides, this version is not the default one, so AWS does not use it'
        : '';
    report(
      at(answer),
      'document',
      `this is an answer of AWS, not a policy; take its policyDocument out (jq -r .policyDocument)${more}`,
    );
    return undefined;
  }
  refuseOthers(root, ROOT, 'a policy', report);
  const version = readVersion(members.get('Version'), report);
  const id = members.get('Id')?.value;
  if (id && id.type !== 'String') report(at(id), 'Id', `Id is a text, and this is ${kindOf(id)}`);
  const list = members.get('Statement')?.value;
  if (!list) {
    report(at(root), 'Statement', 'it has no Statement; write "Statement": [ ... ]');
    return undefined;
  }
  const nodes = listOf(list);
  if (nodes.length === 0) report(at(list), 'Statement', 'Statement is empty; write at least one statement');
  const statements = nodes.flatMap((node, index) => readStatement(node, index + 1, report) ?? []);
  return { version, statements };
}

function readVersion(member: MemberNode | undefined, report: Report): NamedPolicy['version'] {
  if (!member) return undefined;
  const { value } = member;
  const known = value.type === 'String' ? VERSIONS.find((version) => version === value.value) : undefined;
  if (!known)
    report(at(value), 'Version', 'Version is "2012-10-17" (or the old "2008-10-17"), a date that names the language');
  return known;
}

function readStatement(node: JsonNode, index: number, report: Report): Statement | undefined {
  if (node.type !== 'Object') {
    report(at(node), 'Statement', `statement ${index} is ${kindOf(node)}; write an object`);
    return undefined;
  }
  const members = membersOf(node, report);
  refuseOthers(node, STATEMENT, `statement ${index}`, report);
  const sid = members.get('Sid')?.value;
  if (sid && sid.type !== 'String') report(at(sid), 'Sid', `Sid is a text, and this is ${kindOf(sid)}`);
  const effect = readEffect(node, index, members.get('Effect'), report);
  const [actions, isNotAction] = readEither(node, index, members, 'Action', 'NotAction', checkAction, report);
  const [resources, isNotResource] = readEither(node, index, members, 'Resource', 'NotResource', checkResource, report);
  const condition = members.get('Condition')?.value;
  const conditions = condition ? readCondition(condition, report) : [];
  const name = sid?.type === 'String' ? sid.value : undefined;
  return { index, sid: name, effect, actions, isNotAction, resources, isNotResource, conditions, at: at(node) };
}

function readEffect(statement: ObjectNode, index: number, member: MemberNode | undefined, report: Report) {
  const value = member?.value;
  if (!value) {
    report(at(statement), 'Effect', `statement ${index} has no Effect; write "Effect": "Allow" or "Deny"`);
  } else if (value.type !== 'String' || (value.value !== 'Allow' && value.value !== 'Deny')) {
    report(at(value), 'Effect', 'Effect is "Allow" or "Deny", with these capitals');
  }
  return value?.type === 'String' && value.value === 'Deny' ? 'Deny' : 'Allow';
}

type Check = (text: string) => string | undefined;

/** The entries of one of two members, of which exactly one must be there. */
function readEither(
  statement: ObjectNode,
  index: number,
  members: Map<string, MemberNode>,
  plain: string,
  not: string,
  check: Check,
  report: Report,
): [PlacedText[], boolean] {
  const [one, other] = [members.get(plain), members.get(not)];
  if (one && other) report(at(other), not, `statement ${index} has both ${plain} and ${not}; keep one of them`);
  const member = one ?? other;
  if (!member) {
    report(at(statement), plain, `statement ${index} has neither ${plain} nor ${not}; write one of them`);
    return [[], false];
  }
  const name = memberName(member);
  const nodes = listOf(member.value);
  if (nodes.length === 0) report(at(member.value), name, `${name} is empty; write at least one`);
  const entries = nodes.flatMap((node) => {
    if (node.type !== 'String') {
      report(at(node), name, `${name} is a text or a list of texts, and this is ${kindOf(node)}`);
      return [];
    }
    const wrong = check(node.value);
    if (wrong !== undefined) report(at(node), name, wrong);
    return [placed(node, node.value)];
  });
  return [entries, !one];
}

const checkAction: Check = (text) => {
  if (text === '*' || /^[\w*?-]+:[\w*?]+$/.test(text)) return undefined;
  const meant = /^\w+$/.test(text) ? `; write "iot:${text}"` : '; write one such as "iot:Publish"';
  return `${JSON.stringify(text)} is not an action: a service, a colon and a name${meant}`;
};

const checkResource: Check = (text) => {
  if (text === '*' || text.startsWith('arn:')) return undefined;
  return `${JSON.stringify(text)} is neither "*" nor an ARN, such as "arn:aws:iot:REGION:ACCOUNT:topic/NAME"`;
};

function refuseOthers(node: ObjectNode, known: readonly string[], where: string, report: Report): void {
  for (const member of node.members) {
    const name = memberName(member);
    if (known.includes(name)) continue;
    const meant = known.find((other) => other.toLowerCase() === name.toLowerCase().replace(/s$/, ''));
    const fix = meant ? `; write ${meant}` : '; remove it';
    const reason = name === 'Principal' ? ' (a device policy holds for whom it is attached to)' : '';
    report(at(member), name, `${where} has no member ${JSON.stringify(name)}${reason}${fix}`);
  }
}

/** The parser takes raw controls in strings, which JSON forbids (RFC 8259 7). */
function checkStrings(text: string, node: JsonNode, report: Report): void {
  if (node.type === 'Array') for (const { value } of node.elements) checkStrings(text, value, report);
  else if (node.type === 'Object') {
    for (const { name, value } of node.members) {
      if (name.type === 'String') checkStrings(text, name, report);
      checkStrings(text, value, report);
    }
  } else if (node.type === 'String') {
    const raw = text.slice(node.loc.start.offset, node.loc.end.offset);
    // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
    if (/[\u0000-\u001f]/.test(raw))
      report(at(node), 'JSON', 'a line break or tab stands in a text; write \\n or \\t, or remove it');
  }
}
