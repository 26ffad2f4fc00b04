import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from '../root.js';

/** A part of a document that is generated. It lies between the lines `<!-- name -->` and `<!-- /name -->`. */
export interface Block {
  name: string;
  /** The document, relative to the root. */
  file: string;
  /** Makes the text that belongs between the two lines. */
  make: () => string;
}

const pathOf = (file: string) => join(root, file);

/** What lies between the markers. @throws Error when they are not there, each once and in order */
function boundsOf(document: string, name: string): { from: number; to: number } {
  const [start, end] = [`<!-- ${name} -->`, `<!-- /${name} -->`];
  const [from, to] = [document.indexOf(start), document.indexOf(end)];
  if (from < 0 || to < from) throw new Error(`the document has no lines "${start}" and "${end}" to write between`);
  if (document.indexOf(start, from + 1) >= 0) throw new Error(`the document has the line "${start}" twice`);
  return { from: from + start.length, to };
}

/** The text of a block, without the line ends beside its markers. @throws Error when the markers are missing */
export function blockIn(document: string, name: string): string {
  const { from, to } = boundsOf(document, name);
  return document.slice(from, to).trim();
}

/** The document with another text in a block. @throws Error when the markers are missing */
export function withBlock(document: string, name: string, text: string): string {
  const { from, to } = boundsOf(document, name);
  return `${document.slice(0, from)}\n${text}\n${document.slice(to)}`;
}

/** Reads a block of a document of this project. */
export function readBlock(file: string, name: string): string {
  return blockIn(readFileSync(pathOf(file), 'utf8'), name);
}

/** Writes a block of a document of this project. @returns whether the document changed */
export function writeBlock({ name, file, make }: Block): boolean {
  const document = readFileSync(pathOf(file), 'utf8');
  const written = withBlock(document, name, make());
  if (written === document) return false;
  writeFileSync(pathOf(file), written);
  return true;
}

/** Whether the document has what the block would be today. */
export function isCurrent({ name, file, make }: Block): boolean {
  const document = readFileSync(pathOf(file), 'utf8');
  return withBlock(document, name, make()) === document;
}

/** A file of the project as a block of code. */
export const fencedFile = (language: string, file: string): string =>
  `\`\`\`${language}\n${readFileSync(pathOf(file), 'utf8').trim()}\n\`\`\``;
