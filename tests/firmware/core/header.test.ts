// needs: gcc, g++, stdio.h
import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import * as abi from '../../../build/abi/core.js';
import { readAbi } from '../../../tools/generate/abi.js';
import { cHeader } from '../../../tools/generate/c-header.js';
import { temporaryFolder } from '../temporary-folder.js';

const folder = temporaryFolder();
const header = readFileSync('build/wasmqtt.h', 'utf8');
const snake = (name: string) => name.replace(/([a-z0-9])([A-Z])/g, '$1_$2').toLowerCase();

/** Compiles a program that includes the header and runs it. Returns what it prints. */
function run(compiler: string[], source: string): string {
  const file = join(folder, 'header.c');
  const program = join(folder, 'header');
  writeFileSync(file, source);
  const [command, ...options] = compiler;
  execFileSync(command, [...options, '-Wall', '-Wextra', '-Wpedantic', '-Werror', '-Ibuild', file, '-o', program]);
  return execFileSync(program, { encoding: 'utf8' });
}

const program = (statements: string[], before = '') =>
  [before, '#include "wasmqtt.h"', '#include <stdio.h>', 'int main(void) {', ...statements, 'return 0; }', ''].join(
    '\n',
  );

const print = (expression: string) => `printf("%ld\\n", (long)(${expression}));`;

/** The values of expressions in C. */
function values(expressions: string[]): number[] {
  return run(['gcc', '-std=c99'], program(expressions.map(print)))
    .trim()
    .split('\n')
    .map(Number);
}

const compilers = [
  ...['c99', 'c11', 'c17'].map((standard) => ['gcc', `-std=${standard}`]),
  ...['c++98', 'c++11', 'c++20'].map((standard) => ['g++', '-x', 'c++', `-std=${standard}`]),
];

describe('build/wasmqtt.h', () => {
  it('is what the generator makes of assembly/abi', () => {
    expect(cHeader(readAbi())).toBe(header);
  });

  it.each(compilers)('compiles without a warning: %s %s %s %s', (...compiler) => {
    for (const before of ['', '#define WQ_RESULT_TEXT']) run(compiler, program([], before));
  });

  it('has every result code with its number', () => {
    const names = Object.keys(abi.Result);
    expect(names.length).toBeGreaterThan(100);
    expect(values(names.map((name) => `WQ_RESULT_${name}`))).toEqual(Object.values(abi.Result));
  });

  it('has every record with the size and offsets that Node uses', () => {
    const records = Object.entries(abi).filter(([name]) => name.endsWith('Record')) as [
      string,
      Record<string, number>,
    ][];
    expect(records.length).toBeGreaterThan(10);
    for (const [name, record] of records) {
      const type = `wq_${snake(name.slice(0, -'Record'.length))}`;
      const expressions = Object.keys(record).map((field) => {
        if (field === 'SIZE') return `sizeof(${type})`;
        return field === 'SUMMARY_SIZE' ? `${type.toUpperCase()}_SUMMARY_SIZE` : `offsetof(${type}, ${snake(field)})`;
      });
      expect(values(expressions), name).toEqual(Object.values(record));
    }
  });

  it('has every reason code and property, and the constants of each group', () => {
    const upper = (name: string) => snake(name).toUpperCase();
    expect(values(abi.properties.map(({ name }) => `WQ_PROPERTY_${upper(name)}`))).toEqual(
      abi.properties.map(({ id }) => id),
    );
    const { Abi, PacketType, DecodeOption, SessionEvent, SessionContext, KeyFormat, DerLimit } = abi;
    const groups = { Abi, PacketType, DecodeOption, SessionEvent, SessionContext, KeyFormat, DerLimit };
    for (const [group, members] of Object.entries(groups)) {
      const names = Object.keys(members).map((name) => `WQ_${upper(group)}_${name}`);
      expect(values(names), group).toEqual(Object.values(members));
    }
    expect(values(['WQ_REASON_SUCCESS', 'WQ_REASON_NOT_AUTHORIZED'])).toEqual([0, 0x87]);
  });

  it('declares exactly the functions of build/core.wasm', async () => {
    const { compile } = await import('../../host/core/support/bare-core.js');
    const exported = compile('core.wasm').exports.filter(({ kind }) => kind === 'function');
    const listed = [...header.matchAll(/^ {2}F\((\d), (\w+), \w+\)/gm)];
    expect(listed.map(([, , name]) => name).sort()).toEqual(exported.map(({ name }) => name).sort());
    for (const [, count, name] of listed) {
      const [, parameters] = new RegExp(`^int32_t wq_${name}\\(([^)]*)\\);`, 'm').exec(header) ?? [];
      expect(parameters?.split(',').length, name).toBe(Number(count) + 1);
    }
  });

  it('explains results where WQ_RESULT_TEXT is defined, by version and packet as Node does', () => {
    const text = run(
      ['gcc', '-std=c99'],
      program(
        [
          'puts(wq_result_name(WQ_RESULT_OUT_OF_SPACE));',
          'puts(wq_result_text(WQ_RESULT_HEX_ODD_LENGTH));',
          'puts(wq_result_source(WQ_RESULT_ACKNOWLEDGEMENT_ORDER, WQ_PACKET_TYPE_PUBREC, 5));',
          'puts(wq_result_source(WQ_RESULT_PACKET_ID_COLLISION, 0, 4));',
          'puts(wq_result_source(WQ_RESULT_PACKET_ID_COLLISION, 0, 5));',
          print('wq_result_reason_code(WQ_RESULT_RESPONSE_TIMEOUT, 0)'),
          print('wq_result_name(-9999) == NULL'),
        ],
        '#define WQ_RESULT_TEXT',
      ),
    );
    expect(text.trim().split('\n')).toEqual([
      'OUT_OF_SPACE',
      'the text has an odd number of digits, so the last byte is half',
      'MQTT-4.6.0-3',
      'MQTT-2.3.1-2',
      'MQTT-2.2.1-3',
      '131',
      '1',
    ]);
  });
});
