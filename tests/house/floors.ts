/** A row of the table of floors: a folder, and the folders that it may import from beside itself. */
export interface Floor {
  folder: string;
  mayImport: string[];
}

/** Reads the table under the heading `## Floors`. @throws Error when there is none, or a cell is not folders in backticks */
export function readFloors(document: string): Floor[] {
  const section = /^## Floors$([\s\S]*?)(?=^## |(?![\s\S]))/m.exec(document)?.[1];
  if (section === undefined) throw new Error('ARCHITECTURE.md has no heading "## Floors"');
  const rows = section.split('\n').filter((line) => line.startsWith('| `'));
  if (rows.length === 0) throw new Error('ARCHITECTURE.md has no rows under "## Floors"');
  return rows.map((row) => {
    const [, folder, mayImport] = row.split('|').map((cell) => cell.trim());
    return { folder: namesIn(folder, row)[0], mayImport: mayImport === 'nothing' ? [] : namesIn(mayImport, row) };
  });
}

function namesIn(cell: string, row: string): string[] {
  const names = [...cell.matchAll(/`([\w./-]+)`/g)].map(([, name]) => name);
  if (names.length === 0 || cell.replace(/`[\w./-]+`/g, '').replace(/[,\s]/g, '') !== '') {
    throw new Error(`ARCHITECTURE.md: not a list of folders in backticks: ${row}`);
  }
  return names;
}

const isWithin = (path: string, folder: string) => path === folder || path.startsWith(`${folder}/`);

/** The row of the innermost folder that the file lies in; a row may also be for one file. */
export function floorOf(path: string, floors: readonly Floor[]): Floor | undefined {
  const around = floors.filter(({ folder }) => isWithin(path, folder));
  return around.sort((a, b) => b.folder.length - a.folder.length)[0];
}

/** The folder whose door a file is: its `index.ts`, which wires what lies in the folder. */
export function doorOf(path: string): string | undefined {
  return path.endsWith('/index.ts') ? path.slice(0, -'/index.ts'.length) : undefined;
}

/** Whether a file may import another: of its own floor, or of one that its floor names. A door may import all of its folder. */
export function mayImport(from: string, to: string, floors: readonly Floor[]): boolean {
  const own = floorOf(from, floors);
  const other = floorOf(to, floors);
  const house = doorOf(from);
  if (!own) return false;
  if (own === other || (house !== undefined && isWithin(to, house))) return true;
  return own.mayImport.some((folder) => (other ? other.folder === folder : isWithin(to, folder)));
}
