import type { ProtocolVersion } from '../../../../host/core/index.js';
import { inWords } from './in-words.js';
import { brokerBytes } from './packet-words.js';

/** A command for the drivers, and what comes of it in words. */
export interface Step {
  /** As it is written in the script. */
  text: string;
  /** As the drivers read it. */
  command: string;
  /** Undefined when the command prints nothing. */
  says: string | undefined;
}

export interface Script {
  version: ProtocolVersion;
  steps: Step[];
}

/** Commands that make no call and print nothing. "reopen" prints why it failed. */
const SILENT = ['poll', 'time', 'link', 'broker', 'fail', 'handle', 'null', 'expiry', 'break', 'restart'];

function stepOf(line: string, version: ProtocolVersion): Step {
  const [text, says] = line.split(/\s+->\s+/);
  const [name, ...words] = text.split(' ');
  if (name !== 'reopen' && SILENT.includes(name) === (says !== undefined)) {
    throw new Error(`"${line}": ${says === undefined ? 'what does it print?' : 'it prints nothing'}`);
  }
  const isPacket = name === 'broker' && !/^([0-9a-f]{2})+$/.test(words[0]);
  return { text, says, command: isPacket ? `broker ${brokerBytes(words, version)}` : text };
}

/**
 * A script from its text: a command on each line, and behind an arrow what comes of it. Packets of the broker are in words
 * (`packet-words.ts`), in hexadecimal where they are wrong.
 */
export function script(version: ProtocolVersion): (text: TemplateStringsArray, ...values: unknown[]) => Script {
  return (text, ...values) => {
    const lines = String.raw(text, ...values)
      .split('\n')
      .map((line) => line.trim())
      .filter((line) => line !== '');
    return { version, steps: lines.map((line) => stepOf(line, version)) };
  };
}

export const commandsOf = ({ steps }: Script): string[] => steps.map(({ command }) => command);

/** The lines of a script that have an arrow. */
export const expectedOf = ({ steps }: Script): string[] =>
  steps.flatMap(({ text, says }) => (says === undefined ? [] : [`${text} -> ${says}`]));

/** The same lines with what a driver printed, which has the lines of each command apart. */
export const printedOf = ({ steps, version }: Script, lines: string[][]): string[] =>
  steps.flatMap(({ text }, index) =>
    lines[index].length === 0 ? [] : [`${text} -> ${inWords(lines[index], version)}`],
  );
