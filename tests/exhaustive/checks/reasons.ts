import { PacketRecord, Result } from '../../../build/abi/core.js';
import { REASON_CODES, type Version } from '../oracles/standard.js';
import { agree, put } from './agree.js';
import type { Build, Check, Tally } from './exhaustive-check.js';

const METHOD = [3, 0x15, 0, 0];

/** Bodies around a reason code for each packet that has one. */
function bodiesOf(type: number, version: Version, code: number): number[][] {
  if (version === 4)
    return type === 2
      ? [
          [0, code],
          [1, code],
        ]
      : [
          [0, 1, code],
          [0, 1, 0, code],
          [0, 1, ...new Array(20).fill(0), code, 0],
        ];
  switch (type) {
    case 2:
      return [
        [0, code, 0],
        [1, code, 0],
      ];
    case 9:
    case 11:
      return [
        [0, 1, 0, code],
        [0, 1, 0, 0, code],
        [0, 1, 0, ...new Array(20).fill(0), code, 0],
      ];
    case 14:
      return [[code], [code, 0]];
    case 15:
      return [[code, ...METHOD], [code]];
  }
  return [
    [0, 1, code],
    [0, 1, code, 0],
  ];
}

const FLAGS: Record<number, number> = { 6: 2 };

/** Every code in every packet, read; and each record that was accepted, with every other code in it, written. */
function decode(builds: Build[], tally: Tally, version: Version): void {
  for (const type of Object.keys(REASON_CODES[version]).map(Number)) {
    for (let code = 0; code < 256; code++) {
      for (const body of bodiesOf(type, version, code)) {
        const input = builds[0].end - 2 - body.length;
        put(builds, input, (type << 4) | (FLAGS[type] ?? 0), body.length, ...body);
        agree(builds, tally, input, version);
      }
    }
  }
}

function encode(build: Build, tally: Tally, version: Version): void {
  const { core, u8, u32, record } = build;
  const output = record + 1024;
  for (const type of Object.keys(REASON_CODES[version]).map(Number)) {
    const [body] = bodiesOf(type, version, 0);
    const input = build.end - 2 - body.length;
    put([build], input, (type << 4) | (FLAGS[type] ?? 0), body.length, ...body);
    core.mqtt_decode(input, 2 + body.length, version, 1000, record);
    const isList = type === 9 || type === 11;
    for (const code of [...Array(256).keys(), 256, 0x8000_0000, 0xffff_ffff]) {
      if (isList) u8[build.end - 1] = code;
      else u32[(record + PacketRecord.reasonCode) >> 2] = code;
      const isValid = REASON_CODES[version][type].has(isList ? code & 255 : code);
      const result = core.mqtt_encode(record, output, 100);
      if (isValid ? result <= 0 : result !== Result.REASON_CODE_INVALID)
        tally.differ(build, `type ${type} of version ${version} with ${code}, written`, isValid, result);
      tally.cases++;
    }
  }
}

export const reasonChecks: Check[] = [
  {
    name: 'reasons',
    covers:
      'every reason code (0 to 255) in every packet that has one, with and without properties, alone and in lists, read and written, of 3.1.1 and 5: against the tables of the sections of each packet',
    slices: 1,
    quick: true,
    run(builds, tally) {
      for (const version of [4, 5] as const) {
        decode(builds, tally, version);
        for (const build of builds) encode(build, tally, version);
      }
    },
  },
];
