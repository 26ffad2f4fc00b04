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

/** Milliseconds from one value that an example shows to the next, or to its end: many times what the slowest needs. */
export const LIMIT = 30_000;

/** Runs all examples one after the other, prints a line for each that fails, and says at each step where it stands. */
const RUN = `import { inspect } from 'node:util';
let running;
const reached = new Set();
const stand = (line) => process.send(line === undefined ? running : \`\${running}, behind its line \${line}\`);
globalThis.show = (value, text, line) => {
  const shown = inspect(value, { breakLength: Infinity, compact: true });
  if (shown !== text) throw new Error(\`line \${line}: it is \${shown}, not \${text}\`);
  reached.add(line);
  stand(line);
};
globalThis.end = (lines) => {
  const missed = lines.filter((line) => !reached.has(line));
  if (missed.length > 0) throw new Error(\`line \${missed} is not run\`);
};
process.chdir(process.argv[2]);
for (const name of process.argv.slice(3)) {
  running = name;
  reached.clear();
  stand();
  try {
    await import(name);
  } catch (error) {
    console.log(\`\${name}: \${error.message}\`);
    process.exitCode = 1;
  }
}
// One that failed has closed nothing.
if (process.exitCode) process.exit();
running = \`the end of the process, with \${process.getActiveResourcesInfo()} open\`;
stand();
`;

export interface ApiExample {
  name: string;
  code: string;
}

/** The examples of pages of the reference. */
export function examplesOf(pages: readonly string[]): ApiExample[] {
  return pages.flatMap((page) =>
    namesOf(readFileSync(join(ROOT, `docs/api/${page}.md`), 'utf8')).flatMap(({ name, examples }) =>
      examples.map((code, n) => ({ name: `${page}-${name}-${n}`, code })),
    ),
  );
}

/** Examples of the reference, as programs below the root, where the name of the package leads to this package. */
export class ApiExamples implements Disposable {
  readonly #folder: string;
  readonly #names: string[];

  constructor(examples: readonly ApiExample[]) {
    mkdirSync(join(ROOT, 'build/docs'), { recursive: true });
    this.#folder = mkdtempSync(join(ROOT, 'build/docs/examples-'));
    this.#names = examples.map(({ name }) => name);
    for (const { name, code } of examples) {
      writeFileSync(join(this.#folder, `${name}.ts`), code);
      const lines: number[] = [];
      const checked = code.replace(SHOWN, (_, indent, value, text, offset) => {
        const line = code.slice(0, offset).split('\n').length;
        lines.push(line);
        return `${indent}show(${value}, ${JSON.stringify(text)}, ${line});`;
      });
      const program = transformSync(`${checked}\nend(${JSON.stringify(lines)});\n`, {
        loader: 'ts',
        format: 'esm',
      }).code;
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

  /**
   * A line for each that fails. One that does not end ends the run.
   *
   * @param limitAt milliseconds for an example to leave a place: `NAME`, or `NAME, behind its line N` for a value that it shows
   */
  async run(limitAt = (_place: string) => LIMIT): Promise<string> {
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
    return runNode([runner, place, ...this.#names.map((name) => `./${name}.mjs`)], limitAt);
  }

  [Symbol.dispose](): void {
    rmSync(this.#folder, { recursive: true, force: true });
  }
}

/**
 * Runs Node to its end; returns what it printed.
 *
 * @param limitAt milliseconds from one message of the program, which is a place in it, to the next, or to its end; then it is killed
 */
function runNode(args: string[], limitAt?: (place: string) => number): Promise<string> {
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'pipe', 'ipc'] });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream?.setEncoding('utf8').on('data', (text) => (output += text));
  }
  let place = 'its start';
  let timer: NodeJS.Timeout | undefined;
  const stand = (message: unknown) => {
    place = String(message);
    clearTimeout(timer);
    if (limitAt) timer = setTimeout(() => child.kill('SIGKILL'), limitAt(place));
  };
  stand(place);
  child.on('message', stand);
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code, signal) => {
      clearTimeout(timer);
      const why = signal ? `it does not go on, and was ended by ${signal}` : `exit code ${code}`;
      resolve(code === 0 ? output : `${output}at ${place}: ${why}`);
    });
  });
}
