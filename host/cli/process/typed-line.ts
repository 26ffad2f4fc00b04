import { UserError } from './user-error.js';

const CTRL_C = '\u0003';
const ERASE = ['\u007f', '\b'];

/** A line typed on the terminal, not echoed. @throws UserError at Ctrl-C */
export function typedLine(prompt: string): Promise<string> {
  const { stdin, stderr } = process;
  return new Promise((resolve, reject) => {
    let line: string[] = [];
    const end = (act: () => void) => {
      stdin.off('data', take).setRawMode(false).pause();
      stderr.write('\n');
      act();
    };
    const take = (text: string) => {
      for (const character of text) {
        if (character === '\r' || character === '\n') return end(() => resolve(line.join('')));
        if (character === CTRL_C) return end(() => reject(new UserError('ended at the prompt; nothing was written')));
        if (ERASE.includes(character)) line = line.slice(0, -1);
        else line.push(character);
      }
    };
    // Until the terminal is raw it echoes what is typed, so the prompt must wait for that.
    stdin.setRawMode(true).setEncoding('utf8').on('data', take).resume();
    stderr.write(prompt);
  });
}
