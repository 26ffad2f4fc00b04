/** A name that no source defines and the host does not offer. */
export interface MissingName {
  name: string;
  /** The objects that want it. */
  wantedBy: string[];
}

/** What wasm-ld says of names that are missing. */
export function readMissingNames(said: string): MissingName[] {
  const found = new Map<string, Set<string>>();
  for (const [, object, name] of said.matchAll(/wasm-ld\S*: error: (\S+?): undefined symbol: (.+)/g)) {
    const wantedBy = found.get(name) ?? new Set();
    found.set(name, wantedBy.add(object));
  }
  return [...found].map(([name, wantedBy]) => ({ name, wantedBy: [...wantedBy] }));
}

/** Where one would expect a name, by how it begins. */
const EXPECTED: readonly [pattern: RegExp, where: string][] = [
  [/^mv[A-Z]/, 'mv_syscalls.h of a newer SDK than 0.7.0'],
  [/^(__)?HAL_/, 'the HAL; host/microvisor/board has the part that applications of Microvisor use'],
  [/^LL_/, "ST's low-level drivers, which the board does not have"],
  [/^os[A-Z]/, 'cmsis_os2.h'],
  [/^([xuv]|ul|ux|pc|pv|e)(Task|Queue|Timer|Event|Stream|Message|Port|Semaphore)/, 'FreeRTOS'],
  [/^BSP_/, 'a board support package, which the board does not have'],
  [/^_?_(sbrk|write|read|gettimeofday|open)$/, 'the system calls of newlib, which wasi-libc does not use'],
  [/^__cxa_|^_Zn|^_Zd/, 'the C++ library: exceptions are not supported'],
];

/** Where one would expect a name that is missing. */
export function whereExpected(name: string): string {
  const [, where] = EXPECTED.find(([pattern]) => pattern.test(name)) ?? [];
  return where ?? 'a source of the application that is not in the build; give it with --source';
}
