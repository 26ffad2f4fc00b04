import type { CMakeArgument, CMakeCommand } from './cmake-commands.js';

/** Commands in their order; those that hold others stand with what they hold. */
export type CMakeNode = CMakeCommand | CMakeBlock;

/** `if` with its branches, a loop, or a definition: `foreach`, `while`, `function`, `macro`, `block`. */
export interface CMakeBlock {
  block: string;
  line: number;
  /** An `if` has one for each of its branches, the others have one. */
  parts: { args: readonly CMakeArgument[]; body: CMakeNode[] }[];
}

const BLOCKS = new Set(['if', 'foreach', 'while', 'function', 'macro', 'block']);

export const isBlock = (node: CMakeNode): node is CMakeBlock => 'block' in node;

/**
 * Puts commands into the blocks that they stand in.
 *
 * @throws Error with the line of a block that is not closed, or that is closed and was not opened
 */
export function blocksOf(commands: readonly CMakeCommand[]): CMakeNode[] {
  const top: CMakeNode[] = [];
  const open: CMakeBlock[] = [];
  const body = () => open.at(-1)?.parts.at(-1)?.body ?? top;
  for (const command of commands) {
    const { name, args, line } = command;
    if (BLOCKS.has(name)) {
      const block = { block: name, line, parts: [{ args, body: [] }] };
      body().push(block);
      open.push(block);
    } else if (name === 'elseif' || name === 'else') {
      if (open.at(-1)?.block !== 'if') throw new Error(`line ${line}: ${name} stands outside of an if`);
      open.at(-1)!.parts.push({ args: name === 'else' ? [] : args, body: [] });
    } else if (name.startsWith('end') && BLOCKS.has(name.slice('end'.length))) {
      const closed = open.pop();
      if (`end${closed?.block}` !== name) throw new Error(`line ${line}: ${name} closes what was not opened`);
    } else body().push(command);
  }
  const [unclosed] = open;
  if (unclosed) throw new Error(`line ${unclosed.line}: ${unclosed.block} is not closed`);
  return top;
}

/** The same nodes with other texts in their arguments: the body of a macro, with what it was given. */
export function withTexts(nodes: readonly CMakeNode[], textOf: (text: string) => string): CMakeNode[] {
  const args = (list: readonly CMakeArgument[]) =>
    list.map((arg) => (arg.isBracket ? arg : { ...arg, text: textOf(arg.text) }));
  return nodes.map((node) =>
    isBlock(node)
      ? {
          ...node,
          parts: node.parts.map((part) => ({ args: args(part.args), body: withTexts(part.body, textOf) })),
        }
      : { ...node, args: args(node.args) },
  );
}
