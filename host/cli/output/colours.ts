import { createColors } from 'picocolors';

export type Colours = ReturnType<typeof createColors>;

/** Colours for a stream: plain text unless it is a terminal, and where NO_COLOR is set. */
export function coloursFor(stream: NodeJS.WriteStream): Colours {
  return createColors(Boolean(stream.isTTY) && !process.env.NO_COLOR);
}
