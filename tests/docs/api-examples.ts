import { spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import process from 'node:process';
import { transformSync } from 'esbuild';
import { ensurePki } from '../../host/pki/index.js';
import { namesOf } from '../../tools/tables/api/examples.js';
import { ROOT } from './documents.js';

const TSC = join(ROOT, 'node_modules/typescript/bin/tsc');
const DEVICE_SID = `UV${'d'.repeat(32)}`;
/** An expression with its value: `checkDer(der); // => 3`; the comment may stand on a line of its own. */
const SHOWN = /^( *)(.*);\s*\/\/ => (.*)$/gm;

/** Runs all examples one after the other, and prints a line for each that fails. */
const RUN = `import { inspect } from 'node:util';
globalThis.show = (value, text) => {
  const shown = inspect(value, { breakLength: Infinity, compact: true });
  if (shown !== text) throw new Error(\`it is \${shown}, not \${text}\`);
};
process.chdir(process.argv[2]);
for (const name of process.argv.slice(3)) {
  try {
    await import(name);
  } catch (error) {
    console.log(\`\${name}: \${error.message}\`);
  }
}
`;

/** The examples of pages of the reference, as programs below the root, where the name of the package leads to this package. */
export class ApiExamples implements Disposable {
  readonly #folder: string;
  readonly #names: string[];

  constructor(pages: readonly string[]) {
    mkdirSync(join(ROOT, 'build/docs'), { recursive: true });
    this.#folder = mkdtempSync(join(ROOT, 'build/docs/examples-'));
    const examples = pages.flatMap((page) =>
      namesOf(readFileSync(join(ROOT, `docs/api/${page}.md`), 'utf8')).flatMap(({ name, examples }) =>
        examples.map((code, n) => ({ name: `${page}-${name}-${n}`, code })),
      ),
    );
    this.#names = examples.map(({ name }) => name);
    for (const { name, code } of examples) {
      writeFileSync(join(this.#folder, `${name}.ts`), code);
      const checked = code.replace(
        SHOWN,
        (_, indent, value, text) => `${indent}show(${value}, ${JSON.stringify(text)});`,
      );
      const program = transformSync(checked, { loader: 'ts', format: 'esm' }).code;
      writeFileSync(join(this.#folder, `${name}.mjs`), program);
    }
  }

  get names(): readonly string[] {
    return this.#names;
  }

  /** What tsc says of them. */
  async compile(): Promise<string> {
    const file = join(this.#folder, 'tsconfig.json');
    writeFileSync(file, JSON.stringify({ extends: join(ROOT, 'tsconfig.json'), include: ['*.ts'], exclude: [] }));
    return runNode([TSC, '--noEmit', '-p', file]);
  }

  /** A line for each that fails. */
  async run(): Promise<string> {
    const place = join(this.#folder, 'place');
    const { ca, device } = await ensurePki(place, { deviceSid: DEVICE_SID });
    writeFileSync(join(place, 'ca.pem'), ca.certificatePem);
    writeFileSync(join(place, 'device.pem'), device.certificatePem);
    writeFileSync(join(place, 'device.key'), device.privateKeyPem);
    const { vectors } = JSON.parse(readFileSync(join(ROOT, 'tests/vectors/der.json'), 'utf8'));
    for (const kind of ['request', 'crl']) {
      const { hex } = vectors.find((vector: { kind: string; error?: string }) => vector.kind === kind && !vector.error);
      writeFileSync(join(place, `${kind}.der`), Buffer.from(hex, 'hex'));
    }
    const runner = join(this.#folder, 'run.mjs');
    writeFileSync(runner, RUN);
    return runNode([runner, place, ...this.#names.map((name) => `./${name}.mjs`)]);
  }

  [Symbol.dispose](): void {
    rmSync(this.#folder, { recursive: true, force: true });
  }
}

/** Runs Node to its end; returns what it printed. */
function runNode(args: string[]): Promise<string> {
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'pipe'] });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) stream.setEncoding('utf8').on('data', (text) => (output += text));
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code) => resolve(code === 0 ? output : `${output}exit code ${code}`));
  });
}
