import { execFile } from 'node:child_process';

/** What a program said, and whether it was content. */
export interface ToolResult {
  ok: boolean;
  /** Standard error. */
  said: string;
}

const MOST_OUTPUT = 16 * 1024 * 1024;

/** Runs a compiler or linker to its end. */
export function runTool(program: string, args: readonly string[]): Promise<ToolResult> {
  return new Promise((resolve) => {
    execFile(program, args, { maxBuffer: MOST_OUTPUT }, (error, _output, said) => {
      resolve({ ok: error === null, said: said || (error?.message ?? '') });
    });
  });
}
