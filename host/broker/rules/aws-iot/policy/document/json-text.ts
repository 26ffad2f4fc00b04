import { type AnyNode, type MemberNode, type ObjectNode, parse, type ValueNode } from '@humanwhocodes/momoa';
import { bracketBelow } from '../../../../../node/json-depth.js';
import type { Place, PlacedText, PolicyMistake } from './policy-document.js';

export type JsonNode = ValueNode;
export type Report = (at: Place, rule: string, message: string) => void;

/** A policy is four levels deep; what is deeper than this is not read, since the parser recurses. */
const DEEPEST = 64;

/** Strict JSON with places. Undefined, with one mistake reported, for what is not JSON. */
export function readJson(text: string, report: Report): JsonNode | undefined {
  const deep = bracketBelow(text, DEEPEST);
  if (deep !== undefined) {
    report(placeOf(text, deep), 'JSON', `it is nested deeper than ${DEEPEST} levels, and a policy has four`);
    return undefined;
  }
  try {
    return parse(text, { mode: 'json' }).body;
  } catch (error) {
    const offset = Math.min((error as { offset?: number }).offset ?? text.length, text.length);
    report(placeOf(text, offset), 'JSON', brokenAt(text, offset));
    return undefined;
  }
}

function brokenAt(text: string, offset: number): string {
  const rest = text.slice(offset);
  const before = text.slice(0, offset).trimEnd();
  if (text.trim() === '') return 'it is empty; write a policy document';
  if (text.charCodeAt(0) === 0xfeff) return 'it begins with a byte order mark; save the file as UTF-8 without one';
  if (/^[}\]]/.test(rest) && before.endsWith(',')) return `remove the comma before ${rest[0]}`;
  if (/^\/[/*]/.test(rest)) return 'JSON has no comments; remove it';
  if (/^['\u2018-\u201d]/.test(rest)) return `write " for ${rest[0]}`;
  if (rest.trim() === '' || /^[{[,:]\s*$/.test(rest)) return 'it ends too early; a bracket is not closed';
  if (/^"/.test(rest) && /["}\]\de]$/.test(before)) return 'a comma or colon is missing before it';
  if (/^["{[]/.test(rest)) return `${rest[0]} may not stand here`;
  return `unexpected ${JSON.stringify([...rest][0])}; it is not JSON from here on`;
}

function placeOf(text: string, offset: number): Place {
  const before = text.slice(0, offset).split('\n');
  return { line: before.length, column: before.at(-1)!.length + 1 };
}

export function at(node: AnyNode): Place {
  const { line, column } = node.loc.start;
  return { line, column };
}

export function memberName({ name }: MemberNode): string {
  return name.type === 'String' ? name.value : name.name;
}

/** The members of an object by name; one that occurs twice is reported. */
export function membersOf(node: ObjectNode, report: Report): Map<string, MemberNode> {
  const members = new Map<string, MemberNode>();
  for (const member of node.members) {
    const name = memberName(member);
    if (members.has(name)) {
      report(at(member), name, `${JSON.stringify(name)} is there twice, and only one would count; make one of them`);
    }
    members.set(name, member);
  }
  return members;
}

/** What a node is, in words. */
export function kindOf(node: JsonNode): string {
  switch (node.type) {
    case 'Object':
      return 'an object';
    case 'Array':
      return 'a list';
    case 'String':
      return 'a text';
    case 'Number':
      return 'a number';
    default:
      return node.type.toLowerCase() === 'null' ? 'null' : 'true or false';
  }
}

/** The values of a list, or the one value. */
export function listOf(node: JsonNode): JsonNode[] {
  return node.type === 'Array' ? node.elements.map(({ value }) => value) : [node];
}

export function placed(node: JsonNode, text: string): PlacedText {
  return { text, at: at(node) };
}

export type Mistakes = PolicyMistake[];
