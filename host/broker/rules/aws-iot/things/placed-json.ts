import type { ObjectNode } from '@humanwhocodes/momoa';
import { at, type JsonNode, kindOf, listOf, membersOf, readJson } from '../policy/document/json-text.js';
import type { Place, PlacedText } from '../policy/document/policy-document.js';

/** Something that is wrong with a file; line and column count from 1. */
export interface FileMistake extends Place {
  readonly file: string;
  /** What is wrong and what to do: one sentence, without the place. */
  readonly message: string;
}

/** A JSON file whose values have places, and what is wrong with it. */
export class PlacedJson {
  readonly file: string;
  readonly root: JsonNode | undefined;
  readonly #mistakes: FileMistake[];

  constructor(file: string, text: string, mistakes: FileMistake[]) {
    this.file = file;
    this.#mistakes = mistakes;
    this.root = readJson(text, (place, _rule, message) => this.report(place, message));
  }

  report({ line, column }: Place, message: string): void {
    this.#mistakes.push({ file: this.file, line, column, message });
  }

  /** The members of an object; reports what is not one. @param names those that there are; undefined for any */
  members(node: JsonNode | undefined, what: string, names?: readonly string[]): [PlacedText, JsonNode][] {
    if (!node) return [];
    if (node.type !== 'Object') {
      this.report(at(node), `${what} is an object, and this is ${kindOf(node)}`);
      return [];
    }
    const members = [...membersOf(node as ObjectNode, (place, _rule, message) => this.report(place, message))];
    for (const [name, member] of members) {
      if (!names || names.includes(name)) continue;
      this.report(at(member), `${what} has no ${JSON.stringify(name)}; it may have ${names.join(', ')}`);
    }
    return members.map(([name, member]) => [{ text: name, at: at(member) }, member.value]);
  }

  /** The members of an object with these names. */
  fields<Name extends string>(
    node: JsonNode | undefined,
    what: string,
    names: readonly Name[],
  ): Partial<Record<Name, JsonNode>> {
    return Object.fromEntries(this.members(node, what, names).map(([name, value]) => [name.text, value])) as Partial<
      Record<Name, JsonNode>
    >;
  }

  /** A text; reports what is not one. */
  text(node: JsonNode | undefined, what: string): PlacedText | undefined {
    if (!node) return undefined;
    if (node.type === 'String') return { text: node.value, at: at(node) };
    this.report(at(node), `${what} is a text, and this is ${kindOf(node)}`);
    return undefined;
  }

  /** A list of texts; one text is a list of one. */
  texts(node: JsonNode | undefined, what: string): PlacedText[] {
    return node ? listOf(node).flatMap((each) => this.text(each, what) ?? []) : [];
  }
}
