import { editDistance } from '../../../../../node/edit-distance.js';
import { at, type JsonNode, kindOf, listOf, memberName, membersOf, placed, type Report } from './json-text.js';
import { OPERATORS, readOperator } from './operator-names.js';
import type { ConditionEntry, PlacedText } from './policy-document.js';

/** A Condition block: operators, in each keys, in each a value or a list of them. */
export function readCondition(block: JsonNode, report: Report): ConditionEntry[] {
  if (block.type !== 'Object') {
    report(at(block), 'Condition', `Condition is an object of operators, and this is ${kindOf(block)}`);
    return [];
  }
  membersOf(block, report);
  return block.members.flatMap((member) => {
    const operator = placed(member.name as JsonNode, memberName(member));
    if (!readOperator(operator.text)) report(operator.at, 'Condition', unknownOperator(operator.text));
    const { value: keys } = member;
    if (keys.type !== 'Object') {
      report(at(keys), 'Condition', `${operator.text} is followed by an object of keys, and this is ${kindOf(keys)}`);
      return [];
    }
    membersOf(keys, report);
    return keys.members.map((entry): ConditionEntry => {
      const key = placed(entry.name as JsonNode, memberName(entry));
      const values = listOf(entry.value).flatMap((node) => readValue(node, key.text, report) ?? []);
      return { operator, key, values };
    });
  });
}

function readValue(node: JsonNode, key: string, report: Report): PlacedText | undefined {
  if (node.type === 'String' || node.type === 'Number' || node.type === 'Boolean')
    return placed(node, String(node.value));
  report(at(node), 'Condition', `the value of ${key} is a text, a number, true or false, and this is ${kindOf(node)}`);
  return undefined;
}

function unknownOperator(text: string): string {
  const bare = text
    .replace(/^\w+:/, '')
    .replace(/IfExists$/, '')
    .toLowerCase();
  if (bare === 'null') return `${JSON.stringify(text)} is not an operator: Null takes nothing before or behind it`;
  const near = Object.keys(OPERATORS).find((name) => editDistance(name.toLowerCase(), bare) < 3);
  return `${JSON.stringify(text)} is not an operator of a Condition${near ? `; write ${text.toLowerCase() === near.toLowerCase() ? near : `one such as ${near}`}` : ''}`;
}
