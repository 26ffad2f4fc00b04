// The programs and files that tests need beyond Node, with the Debian package of each.
import { spawnSync } from 'node:child_process';
import { accessSync, constants, existsSync, readdirSync, readFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import process from 'node:process';
import { root } from '../root.js';

/** Paths of required files that are not executables, by the name that packageOf has for them. */
const files: Record<string, string> = JSON.parse(readFileSync(join(root, 'tools/test/debian-files.json'), 'utf8'));

/** Debian packages by the program or file that tests need of them. */
export const packageOf: Readonly<Record<string, string>> = {
  mosquitto: 'mosquitto',
  mosquitto_pub: 'mosquitto-clients',
  mosquitto_sub: 'mosquitto-clients',
  openssl: 'openssl',
  'ssh-keygen': 'openssh-client',
  curl: 'curl',
  jq: 'jq',
  hexdump: 'bsdextrautils',
  script: 'bsdutils',
  bash: 'bash',
  mosquitto_passwd: 'mosquitto',
  'paho-mqtt': 'python3-paho-mqtt',
  python3: 'python3',
  stdbuf: 'coreutils',
  'cryptography-vectors': 'python3-cryptography-vectors',
  gcc: 'gcc',
  'g++': 'g++',
  'stdio.h': 'libc6-dev',
  wasm2c: 'wabt',
  'wasm-validate': 'wabt',
  cmake: 'cmake',
  make: 'make',
  'clang-14': 'clang-14',
  'libclang_rt.fuzzer': 'libclang-rt-14-dev',
  'wasm-ld-14': 'lld-14',
  'wasi/stdio.h': 'wasi-libc',
  'libclang_rt.builtins-wasm32': 'libclang-rt-14-dev-wasm32',
  'wasi/c++/v1/string': 'libc++-14-dev-wasm32',
  'wasi/libc++abi.a': 'libc++abi-14-dev-wasm32',
  git: 'git',
  tshark: 'tshark',
  'arm-none-eabi-gcc': 'gcc-arm-none-eabi',
  'newlib/stdio.h': 'libnewlib-arm-none-eabi',
  'qemu-system-arm': 'qemu-system-arm',
  chromium: 'chromium',
  postgres: 'postgresql',
  pgbouncer: 'pgbouncer',
  java: 'default-jre-headless',
  mvn: 'maven',
  'nats-server': 'nats-server',
  haproxy: 'haproxy',
  valgrind: 'valgrind',
  'mbedtls/ssl.h': 'libmbedtls-dev',
};

/** Debian keeps mosquitto in /usr/sbin, which is not on every user's PATH, and each version of PostgreSQL in a folder of its own. */
function programFolders(): string[] {
  const postgres = '/usr/lib/postgresql';
  const versions = existsSync(postgres) ? readdirSync(postgres).sort((a, b) => Number(b) - Number(a)) : [];
  const path = (process.env.PATH ?? '').split(delimiter);
  return [...path, '/usr/sbin', ...versions.map((version) => join(postgres, version, 'bin'))];
}

/** The path of a program; undefined when it is not installed. */
export function programPath(program: string): string | undefined {
  const paths = programFolders().map((folder) => join(folder, program));
  return paths.find((path) => {
    try {
      accessSync(path, constants.X_OK);
      return true;
    } catch {
      return false;
    }
  });
}

function isThere(program: string): boolean {
  return program in files ? existsSync(files[program]) : programPath(program) !== undefined;
}

/** The programs and files that this machine lacks. */
export function missingTools(): string[] {
  return Object.keys(packageOf).filter((program) => !isThere(program));
}

/** What goes before apt-get: nothing as root, sudo when it asks for no password; undefined when apt-get cannot be run. */
function aptPrefix(): string[] | undefined {
  if (!isThere('apt-get')) return undefined;
  if (process.getuid?.() === 0) return [];
  const sudo = isThere('sudo') && spawnSync('sudo', ['-n', 'true'], { stdio: 'ignore' }).status === 0;
  return sudo ? ['sudo', '-n'] : undefined;
}

/** Installs what is missing, where that is allowed. Returns what is missing after it. */
export function installTools(log: (line: string) => void): string[] {
  const missing = missingTools();
  if (missing.length === 0) return [];
  const packages = [...new Set(missing.map((program) => packageOf[program]))];
  const prefix = aptPrefix();
  if (!prefix) {
    log(`missing: ${missing.join(', ')}. Install the Debian packages ${packages.join(' ')} and run this again.`);
    return missing;
  }
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  for (const args of [
    ['update', '-qq'],
    ['install', '-y', '-qq', '--no-install-recommends', ...packages],
  ]) {
    log(`apt-get ${args.join(' ')}`);
    const [command, ...rest] = [...prefix, 'apt-get', ...args];
    const { status } = spawnSync(command, rest, { env, stdio: ['ignore', 'ignore', 'inherit'] });
    if (status !== 0) log(`apt-get ${args[0]} ended with code ${status}`);
  }
  return missingTools();
}
