import { describe, expect, it } from 'vitest';
import { circles } from './circles.js';
import { mayImport, readFloors } from './floors.js';

const document = [
  '## Floors',
  '',
  '| folder | may import |',
  '| --- | --- |',
  '| `host/a` | `host/b`, `build/abi` |',
  '| `host/a/inner` | nothing |',
  '| `host/b` | nothing |',
  '| `host/b/file.ts` | `host/b` |',
  '',
  '## Next',
  '| `host/c` | nothing |',
].join('\n');

describe('the table of floors', () => {
  const floors = readFloors(document);

  it('is read from its own section', () => {
    expect(floors.map(({ folder }) => folder)).toEqual(['host/a', 'host/a/inner', 'host/b', 'host/b/file.ts']);
  });

  it.each([
    ['within a folder', 'host/a/x.ts', 'host/a/y.ts', true],
    ['from a folder that is named', 'host/a/x.ts', 'host/b/deep/y.ts', true],
    ['from a generated folder that is named', 'host/a/x.ts', 'build/abi/core.ts', true],
    ['the other way round', 'host/b/x.ts', 'host/a/y.ts', false],
    ['from an inner folder with a row of its own', 'host/a/inner/x.ts', 'host/a/y.ts', false],
    ['of an inner folder with a row of its own', 'host/a/x.ts', 'host/a/inner/y.ts', false],
    ['of a file with a row of its own', 'host/a/x.ts', 'host/b/file.ts', false],
    ['by a file with a row of its own', 'host/b/file.ts', 'host/b/y.ts', true],
    ['of an inner folder by the door of the outer one', 'host/a/index.ts', 'host/a/inner/y.ts', true],
    ['by an inner door beyond its folder', 'host/a/inner/index.ts', 'host/a/y.ts', false],
    ['of a folder whose name only begins alike', 'host/a/x.ts', 'host/bc/y.ts', false],
    ['by a file that lies on no floor', 'host/c/x.ts', 'host/b/y.ts', false],
  ])('decides imports %s', (_name, from, to, allowed) => {
    expect(mayImport(from, to, floors)).toBe(allowed);
  });

  it.each([
    ['no such heading', 'nothing here', 'no heading'],
    ['no rows', '## Floors\n\ntext', 'no rows'],
    ['a cell without backticks', '## Floors\n| `host/a` | host/b |', 'not a list of folders'],
  ])('is refused when it has %s', (_name, text, message) => {
    expect(() => readFloors(text)).toThrow(message);
  });
});

describe('circles', () => {
  const imports = (...pairs: string[]) =>
    pairs.map((pair) => ({ from: pair.split('>')[0], to: pair.split('>')[1], line: 1 }));

  it.each([
    ['none in a tree', ['a>b', 'a>c', 'b>c'], []],
    ['two files', ['a>b', 'b>a'], [['a', 'b']]],
    ['a file that imports itself', ['a>a'], [['a']]],
    ['a longer way round, without what hangs on it', ['a>b', 'b>c', 'c>a', 'c>d', 'x>a'], [['a', 'b', 'c']]],
  ])('finds %s', (_name, pairs, expected) => {
    expect(circles(imports(...pairs))).toEqual(expected);
  });
});
