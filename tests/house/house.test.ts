import { posix } from 'node:path';
import { describe, expect, it } from 'vitest';
import { sharesProcess } from '../one-process.js';
import { circles } from './circles.js';
import { doorOf, floorOf, mayImport, readFloors } from './floors.js';
import { importsOf, read, sources } from './sources.js';

const CODE = ['*.ts', '*.c', '*.h'];
const floors = readFloors(read('ARCHITECTURE.md'));
const house = sources('assembly', 'host', 'tools').filter((file) => /\.(ts|c|h)$/.test(file));
const code = sources(...CODE);
const known = new Set(code);
const imports = house.flatMap((file) => importsOf(file, known));

describe('floors (the table in ARCHITECTURE.md)', () => {
  const named = new Set(floors.flatMap(({ folder, mayImport: others }) => [folder, ...others]));

  it('names only folders and files that exist', () => {
    const isThere = (path: string) => code.some((file) => file === path || file.startsWith(`${path}/`));
    expect([...named].filter((path) => !path.startsWith('build/') && !isThere(path))).toEqual([]);
  });

  it('has a row for every source of the house', () => {
    expect(house.filter((file) => !floorOf(file, floors))).toEqual([]);
  });

  it('allows every import of the house', () => {
    const broken = imports.filter(({ from, to }) => !mayImport(from, to, floors));
    expect(broken.map(({ from, to, line }) => `${from}:${line} imports ${to}`)).toEqual([]);
  });

  it('allows nothing that is not used', () => {
    const used = new Set(imports.map(({ from, to }) => `${floorOf(from, floors)?.folder} ${rowOf(to)}`));
    const allowed = floors.flatMap(({ folder, mayImport: others }) => others.map((other) => `${folder} ${other}`));
    expect(allowed.filter((pair) => !used.has(pair))).toEqual([]);
  });

  it('lets no two floors import each other, but for the doors of folders', () => {
    const between = imports.flatMap(({ from, to, line }) => {
      const [own, other] = [rowOf(from), rowOf(to)];
      return own === other || doorOf(from) !== undefined ? [] : [{ from: own, to: other, line }];
    });
    expect(circles(between)).toEqual([]);
  });

  /** The row of a file of the house, or the generated folder that it lies in. */
  function rowOf(path: string): string {
    return floorOf(path, floors)?.folder ?? [...named].find((folder) => path.startsWith(`${folder}/`)) ?? path;
  }
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
    expect(
      lines.filter(({ text }) => /^\s+private (?!constructor\b)|[(,]\s*private\s/.test(text)).map(({ place }) => place),
    ).toEqual([]);
  });

  /** Names that mean the same in each room. */
  const SAME_EVERYWHERE = ['index.ts'];

  it('has no two files of one name in host, unless the name means the same everywhere', () => {
    const names = new Map<string, string[]>();
    for (const file of typescript.filter((path) => path.startsWith('host/'))) {
      const name = posix.basename(file);
      if (!SAME_EVERYWHERE.includes(name)) names.set(name, [...(names.get(name) ?? []), file]);
    }
    expect([...names.values()].filter((files) => files.length > 1)).toEqual([]);
  });
});

describe('threads of the command', () => {
  it('are started by startThread alone, since each heap that V8 makes lets the young generation of the others grow', () => {
    const cli = code.filter((file) => file.startsWith('host/cli/') && file.endsWith('.ts'));
    const starting = cli.filter((file) => /\bnew Worker\(/.test(read(file)));
    expect(starting).toEqual(['host/cli/process/young-generation.ts']);
  });
});

describe('a test file', () => {
  const tests = sources('tests').filter((file) => file.endsWith('.test.ts'));

  it('that replaces a module, or measures its process, does not share it', () => {
    const wants = /^ *vi\.mock\(|\bprocess\.(cpuUsage|memoryUsage)\(/m;
    expect(tests.filter((file) => sharesProcess(file) && wants.test(read(file)))).toEqual([]);
  });

  it('has no patience of its own', () => {
    const own = tests.filter((file) => /^ *\}, [\d_]+\);$|\bvi\.wait(For|Until)\(/m.test(read(file)));
    expect(own).toEqual([]);
  });
});
