import { posix } from 'node:path';
import { describe, expect, it } from 'vitest';
import { circles } from './circles.js';
import { floorOf, mayImport, readFloors } from './floors.js';
import { importsOf, read, sources } from './sources.js';

const CODE = ['*.ts', '*.c', '*.h'];
const floors = readFloors(read('ARCHITECTURE.md'));
const house = sources('assembly', 'host', 'tools').filter((file) => /\.(ts|c|h)$/.test(file));
const code = sources(...CODE);
const known = new Set(code);
const imports = house.flatMap((file) => importsOf(file, known));

describe('floors (the table in ARCHITECTURE.md)', () => {
  it('names only folders that exist', () => {
    const folders = floors.flatMap(({ folder, mayImport: others }) => [folder, ...others]);
    const isThere = (folder: string) =>
      folder.startsWith('build/') || house.some((file) => file.startsWith(`${folder}/`) || file === folder);
    expect(folders.filter((folder) => !isThere(folder))).toEqual([]);
  });

  it('has a row for every source of the house', () => {
    expect(house.filter((file) => !floorOf(file, floors))).toEqual([]);
  });

  it('allows every import of the house', () => {
    const broken = imports.filter(({ from, to }) => !mayImport(from, to, floors));
    expect(broken.map(({ from, to, line }) => `${from}:${line} imports ${to}`)).toEqual([]);
  });

  it('allows nothing that is not used', () => {
    const unused = floors.flatMap(({ folder, mayImport: others }) =>
      others
        .filter((other) => {
          const own = floors.find((floor) => floor.folder === folder);
          return !imports.some(
            ({ from, to }) => floorOf(from, floors) === own && (to === other || to.startsWith(`${other}/`)),
          );
        })
        .map((other) => `${folder} imports nothing of ${other}`),
    );
    expect(unused).toEqual([]);
  });

  it('lets no two folders import each other', () => {
    const between = imports.flatMap(({ from, to, line }) => {
      const [own, other] = [floorOf(from, floors)?.folder, floorOf(to, floors)?.folder];
      return own && other && own !== other ? [{ from: own, to: other, line }] : [];
    });
    expect(circles(between)).toEqual([]);
  });
});

describe('imports', () => {
  it('make no circle among files, types included', () => {
    expect(circles(code.flatMap((file) => importsOf(file, known)))).toEqual([]);
  });
});

describe('rooms', () => {
  const LONGEST_FILE = 300;
  const LARGEST_FOLDER = 16;

  it(`hold no file of more than ${LONGEST_FILE} lines`, () => {
    const lines = (file: string) => read(file).trimEnd().split('\n').length;
    const long = code.filter((file) => lines(file) > LONGEST_FILE);
    expect(long.map((file) => `${file}: ${lines(file)} lines`)).toEqual([]);
  });

  it(`hold at most ${LARGEST_FOLDER} files, but for tests of one kind`, () => {
    const counts = new Map<string, number>();
    for (const file of sources('assembly', 'host', 'tools')) {
      const folder = posix.dirname(file);
      counts.set(folder, (counts.get(folder) ?? 0) + 1);
    }
    expect([...counts].filter(([, count]) => count > LARGEST_FOLDER)).toEqual([]);
  });
});

describe('vocabulary (STYLE.md)', () => {
  const typescript = code.filter((file) => file.endsWith('.ts') && !file.startsWith('assembly/'));

  it('has private members with #, never with the keyword', () => {
    const lines = typescript.flatMap((file) =>
      read(file)
        .split('\n')
        .map((text, index) => ({ place: `${file}:${index + 1}`, text })),
    );
    expect(lines.filter(({ text }) => /^\s+private\s|[(,]\s*private\s/.test(text)).map(({ place }) => place)).toEqual(
      [],
    );
  });

  it('has no two files of one name in host, but for index.ts', () => {
    const names = new Map<string, string[]>();
    for (const file of typescript.filter((path) => path.startsWith('host/'))) {
      const name = posix.basename(file);
      if (name !== 'index.ts') names.set(name, [...(names.get(name) ?? []), file]);
    }
    expect([...names.values()].filter((files) => files.length > 1)).toEqual([]);
  });
});
