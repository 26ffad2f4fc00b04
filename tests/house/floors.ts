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

/** The row of the innermost folder that the file lies in. */
export function floorOf(path: string, floors: readonly Floor[]): Floor | undefined {
  const around = floors.filter(({ folder }) => isWithin(path, folder));
  return around.sort((a, b) => b.folder.length - a.folder.length)[0];
}

/** Whether a file may import another: of its own floor, or of one that its floor names, with all that lies in it. */
export function mayImport(from: string, to: string, floors: readonly Floor[]): boolean {
  const own = floorOf(from, floors);
  const other = floorOf(to, floors);
  if (!own) return false;
  if (own === other) return true;
  return own.mayImport.some((folder) => isWithin(to, folder));
}
