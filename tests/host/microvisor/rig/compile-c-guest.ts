import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** What the tests' guests call: the declarations that an application has from its headers. */
const DECLARATIONS = `
#include <stddef.h>
#include <stdint.h>
extern int32_t mv_host_wait(int32_t timeout_ms);
extern void mv_host_print(const void *text, uint32_t length);
extern uint32_t mvGetMicroseconds(uint64_t *us);
extern uint32_t mvGetNetworkStatus(uint32_t handle, uint32_t *status);
extern uint32_t mvGetDeviceId(uint8_t *buffer, uint32_t length);
struct MvNotification { uint64_t microseconds; uint32_t event_type; uint32_t tag; };
struct MvNotificationSetup { uint32_t irq; volatile struct MvNotification *buffer; uint32_t buffer_size; };
struct MvRequestNetworkParams { uint32_t version; struct { uint32_t notification_handle; uint32_t notification_tag; } v1; };
extern uint32_t mvSetupNotifications(const struct MvNotificationSetup *setup, uint32_t *handle);
extern uint32_t mvRequestNetwork(const struct MvRequestNetworkParams *params, uint32_t *handle);
`;

const TARGET = '--target=wasm32-wasi';
const COMPILE = ['-O1', '-mmutable-globals', '-fshort-enums', '-Wall', '-Werror', '-Wno-main', '-Wno-unused-function'];
const LINK = ['allow-undefined', 'export-table', 'export=__stack_pointer', 'export=__data_end'];

/**
 * Compiles a guest in C with clang and wasi-libc.
 *
 * @param exports the functions that the host calls, beside `main`
 * @param options more options for clang when it links
 */
export function compileCGuest(source: string, exports: readonly string[] = [], options: readonly string[] = []) {
  const folder = mkdtempSync(join(tmpdir(), 'wasmqtt-guest-'));
  try {
    const [input, object, output] = ['guest.c', 'guest.o', 'guest.wasm'].map((name) => join(folder, name));
    writeFileSync(input, DECLARATIONS + source);
    const link = [...LINK, ...exports.map((name) => `export=${name}`)].map((option) => `-Wl,--${option}`);
    execFileSync('clang-14', [TARGET, ...COMPILE, '-c', input, '-o', object]);
    // In two steps: with -O clang hands what it has linked to a wasm-opt that it finds, which takes the names away.
    execFileSync('clang-14', [TARGET, ...options, ...link, object, '-o', output]);
    return readFileSync(output);
  } finally {
    rmSync(folder, { recursive: true });
  }
}
