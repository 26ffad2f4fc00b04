/** An argument as it stands; an unquoted one is split at semicolons when its variables are put in. */
export interface CMakeArgument {
  text: string;
  isQuoted: boolean;
  /** Between [[ and ]]: nothing in it is replaced. */
  isBracket: boolean;
}

export interface CMakeCommand {
  /** In lower case. */
  name: string;
  args: CMakeArgument[];
  line: number;
}

const TOKEN =
  /(?<space>\s+)|(?<comment>#\[(?<ceq>=*)\[[\s\S]*?\]\k<ceq>\]|#[^\n]*)|\[(?<eq>=*)\[\n?(?<bracket>[\s\S]*?)\]\k<eq>\]|"(?<quoted>(?:[^"\\]|\\[\s\S])*)"|(?<open>\()|(?<close>\))|(?<plain>(?:[^\s()#"\\]|\\.|"(?:[^"\\]|\\.)*")+)/gy;

/**
 * Reads the commands of a CMakeLists.txt.
 *
 * @throws Error with the line where the text is no command
 */
export function readCommands(text: string): CMakeCommand[] {
  const commands: CMakeCommand[] = [];
  let current: CMakeCommand | undefined;
  let name: string | undefined;
  let depth = 0;
  let line = 1;
  TOKEN.lastIndex = 0;
  while (TOKEN.lastIndex < text.length) {
    const match = TOKEN.exec(text);
    if (!match?.groups) throw new Error(`line ${line}: this is no CMake`);
    const { open, close, plain, quoted, bracket, space, comment } = match.groups;
    if (open !== undefined && depth++ === 0) {
      if (name === undefined) throw new Error(`line ${line}: a command has no name`);
      current = { name: name.toLowerCase(), args: [], line };
      name = undefined;
    } else if (close !== undefined && --depth === 0 && current) {
      commands.push(current);
      current = undefined;
    } else if (space === undefined && comment === undefined) {
      const value = open ?? close ?? plain ?? quoted ?? bracket ?? '';
      if (current) current.args.push({ text: value, isQuoted: quoted !== undefined, isBracket: bracket !== undefined });
      else name = value;
    }
    if (depth < 0) throw new Error(`line ${line}: a parenthesis is closed that was not opened`);
    line += match[0].split('\n').length - 1;
  }
  if (depth > 0) throw new Error(`line ${current?.line ?? line}: the command ${current?.name ?? ''} is not closed`);
  return commands;
}
