// Writes every generated source into build/, from the descriptions in assembly/abi and assembly/der.
// Usage: npx tsx tools/generate/generate.ts
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import process from 'node:process';
import { pathToFileURL } from 'node:url';
import { root } from '../root.js';
import { type Abi, readAbi } from './abi.js';
import { cHeader } from './c-header.js';
import { coreAssembly, resultText } from './core-assembly.js';
import { coreTypeScript } from './core-typescript.js';
import { derTemplates } from './der-templates.js';
import { readMicrovisorAbi } from './microvisor-abi.js';
import { microvisorAssembly } from './microvisor-assembly.js';
import { boardDescription } from './microvisor-c/board-description.js';
import { interruptsHeader, syscallsHeader } from './microvisor-c/board-headers.js';
import { guestCalls } from './microvisor-c/guest-calls-c.js';
import { microvisorHeader } from './microvisor-c/microvisor-header.js';
import { microvisorTypeScript } from './microvisor-typescript.js';

/** Writes all files and returns the ABI. A file whose text stays the same is not touched. */
export function generate(): Abi {
  const abi = readAbi();
  const microvisor = readMicrovisorAbi();
  const files: Record<string, string> = {
    'build/abi/assembly.ts': coreAssembly(abi),
    'build/abi/core.ts': coreTypeScript(abi),
    'build/abi/result-text.ts': resultText(abi),
    'build/abi/der-templates.ts': derTemplates(abi),
    'build/abi/microvisor.ts': microvisorTypeScript(microvisor),
    'build/abi/microvisor-assembly.ts': microvisorAssembly(microvisor),
    'build/abi/board.ts': boardDescription(),
    'build/board/mv_syscalls.h': syscallsHeader(microvisor),
    'build/board/stm32u585_interrupts.h': interruptsHeader(microvisor),
    'build/wasmqtt.h': cHeader(abi),
    'build/wq_guest_calls.h': guestCalls(microvisor),
    'build/wq_microvisor.h': microvisorHeader(microvisor),
  };
  for (const [path, text] of Object.entries(files)) {
    const target = join(root, path);
    mkdirSync(dirname(target), { recursive: true });
    if (!existsSync(target) || readFileSync(target, 'utf8') !== text) writeFileSync(target, text);
  }
  return abi;
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) generate();
