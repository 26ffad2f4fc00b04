// Writes build/abi/core.ts: the ABI of the core as the TypeScript of host/ has it.
import { type Abi, type Property, packetMask, type Result, rangeOf } from './abi.js';

const HEADER = '// Generated from assembly/abi by tools/generate/generate.ts. Do not edit.\n';

const RESULT_DESCRIPTION = `/** \`source\` is that of MQTT 5, or of the only standard that has the rule; the others take its place where they are set. */
export interface ResultDescription {
  name: string;
  source: string;
  /** In packets of this type. */
  sourceIn?: Readonly<Record<string, string>>;
  /** In 3.1.1. */
  source311?: string;
  sourceIn311?: Readonly<Record<string, string>>;
  text: string;
  reasonCode?: number;
  /** In packets of this type. */
  reasonCodeIn?: Readonly<Record<string, number>>;
}
`;

function lowerKeys<T>(byType: Record<string, T> | undefined): Record<string, T> | undefined {
  return byType && Object.fromEntries(Object.entries(byType).map(([type, value]) => [type.toLowerCase(), value]));
}

/** The description of a result without its name, with packet types spelled as packets spell them. Clauses are for readers and tests. */
function description({ code: _, name: _name, clause: _clause, clauseIn: _clauseIn, ...result }: Result): string {
  const { sourceIn, sourceIn311, reasonCodeIn } = result;
  return JSON.stringify({
    ...result,
    sourceIn: lowerKeys(sourceIn),
    sourceIn311: lowerKeys(sourceIn311),
    reasonCodeIn: lowerKeys(reasonCodeIn),
  });
}

function results(abi: Abi): string[] {
  return [
    '/** Result codes of the core by name. */\nexport const Result = {',
    ...abi.results.map(({ name, code, text, source }) => `  /** ${text} (${source}) */\n  ${name}: ${code},`),
    '} as const;\n',
    RESULT_DESCRIPTION,
    '/** In the order of Result. */',
    'const DESCRIPTIONS: readonly Omit<ResultDescription, "name">[] = [',
    ...abi.results.map((result) => `  ${description(result)},`),
    '];\n',
    '/** What each result code means, and which rule it stands for. */',
    'export const results: Readonly<Record<number, ResultDescription>> = Object.fromEntries(',
    '  Object.entries(Result).map(([name, code], index) => [code, { name, ...DESCRIPTIONS[index] }]),',
    ');\n',
  ];
}

function constants(abi: Abi): string[] {
  return Object.entries(abi.constants).map(([group, { doc, values }]) => {
    const comment = doc ? `/** ${doc} */\n` : '';
    return `${comment}export const ${group} = ${JSON.stringify(values)} as const;\n`;
  });
}

/** How the records are written. A bundler writes the members of an enum as numbers, so that their names are not in the bundle. */
export type RecordForm = 'object' | 'enum';

function records(abi: Abi, form: RecordForm): string[] {
  const [keyword, open, is, close] = form === 'enum' ? ['enum', '{', ' =', '}'] : ['const', '= {', ':', '} as const;'];
  return Object.entries(abi.records).flatMap(([name, { doc, fields, size, summarySize }]) => [
    `/** ${doc} Byte offsets of the fields. */\nexport ${keyword} ${name}Record ${open}`,
    ...fields.map((field) => `  /** ${field.type}: ${field.doc ?? ''} */\n  ${field.name}${is} ${field.offset},`),
    ...(summarySize ? [`  SUMMARY_SIZE${is} ${summarySize},`] : []),
    `  SIZE${is} ${size},\n${close}\n`,
  ]);
}

const PROPERTY_DESCRIPTION = `/** A property of MQTT 5, and the rules that hold for it alone (2.2.2.2). */
export interface PropertyDescription {
  id: number;
  name: string;
  type: 'byte' | 'u16' | 'u32' | 'varint' | 'binary' | 'utf8' | 'pair';
  /** Which packets may carry it: bit n stands for packet type n, bit 0 for the will properties of a CONNECT. */
  packets: number;
  /** The range of an integer that the standard allows. */
  least?: number;
  most?: number;
  /** Whether it is a Topic Name. */
  isTopic?: boolean;
}
`;

function property(abi: Abi, described: Property): string {
  const { id, name, type, rule, packets } = described;
  const isTopic = rule === 'topic' || undefined;
  return JSON.stringify({ id, name, type, packets: packetMask(abi, packets), ...rangeOf(described), isTopic });
}

function protocol(abi: Abi): string[] {
  return [
    PROPERTY_DESCRIPTION,
    '/** The properties of MQTT 5 (2.2.2.2). */',
    'export const properties = [',
    ...abi.properties.map((described) => `  ${property(abi, described)},`),
    '] as const satisfies readonly PropertyDescription[];\n',
    '/** Reason codes of MQTT 5 (2.4) by name. */\nexport const ReasonCode = {',
    ...abi.reasonCodes.map(({ code, name }) => `  ${name}: ${code},`),
    '} as const;\n',
    '/** Which packets may carry a reason code of MQTT 5 (2.4): bit n stands for packet type n. */',
    'export const reasonCodePackets: Readonly<Record<number, number>> = {',
    ...abi.reasonCodes.map(({ code, packets }) => `  ${code}: ${packetMask(abi, packets)},`),
    '};\n',
  ];
}

function coreExports(abi: Abi): string[] {
  return [
    '/** The functions of core.wasm; those that may be missing are in core.simd.wasm alone. Every parameter and result is a 32-bit integer. */\nexport interface CoreExports {',
    '  readonly memory: { readonly buffer: ArrayBuffer; grow(pages: number): number };',
    ...[...abi.exports, ...abi.simdExports].map(({ name, params, doc, simdOnly }) => {
      const list = params.map((param) => `${param.name}: number`).join(', ');
      return `  /** ${doc} */\n  ${name}${simdOnly ? '?' : ''}(${list}): number;`;
    }),
    '}\n',
  ];
}

/** The text of build/abi/core.ts; with records as enums, what takes its place in a bundle. */
export function coreTypeScript(abi: Abi, form: RecordForm = 'object'): string {
  const parts = [results(abi), constants(abi), records(abi, form), protocol(abi), coreExports(abi)];
  return [HEADER, ...parts.flat()].join('\n');
}
