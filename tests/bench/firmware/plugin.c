/*
 * A plugin of QEMU's TCG (API version 1) that counts the instructions of the guest between two places, exactly.
 *
 *   -plugin plugin.so,begin=ADDRESS,end=ADDRESS,out=FILE[,profile=N]
 *
 * Whenever `end` is reached after `begin`, a line with the count is written to FILE. With `profile` nothing is written but, for
 * the Nth time (from 1), a line "ADDRESS COUNT" for each instruction that was executed. QEMU's header is not packaged
 * everywhere, so what is used of it is declared here.
 */
#include <inttypes.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define EXPORT __attribute__((visibility("default")))

typedef uint64_t qemu_plugin_id_t;
struct qemu_plugin_tb;
struct qemu_plugin_insn;
enum { CB_NO_REGS, INLINE_ADD_U64 = 0 };

void qemu_plugin_register_vcpu_tb_trans_cb(qemu_plugin_id_t id, void (*cb)(qemu_plugin_id_t, struct qemu_plugin_tb *));
void qemu_plugin_register_vcpu_insn_exec_cb(struct qemu_plugin_insn *insn, void (*cb)(unsigned, void *), int flags, void *data);
void qemu_plugin_register_vcpu_insn_exec_inline(struct qemu_plugin_insn *insn, int op, void *counter, uint64_t add);
void qemu_plugin_register_atexit_cb(qemu_plugin_id_t id, void (*cb)(qemu_plugin_id_t, void *), void *data);
size_t qemu_plugin_tb_n_insns(const struct qemu_plugin_tb *tb);
struct qemu_plugin_insn *qemu_plugin_tb_get_insn(const struct qemu_plugin_tb *tb, size_t index);
uint64_t qemu_plugin_insn_vaddr(const struct qemu_plugin_insn *insn);

EXPORT int qemu_plugin_version = 1;
EXPORT int qemu_plugin_install(qemu_plugin_id_t id, const void *info, int count, char **words);

/* The code of the guest is in these bytes. An instruction has two or four. */
enum { CODE = 0x10000000, CODE_SIZE = 1 << 20 };

static uint64_t begin_at, end_at, profiled;
static uint64_t executed, before, intervals;
static int is_counting;
static uint32_t counts[CODE_SIZE / 2];
static FILE *out;

static void begin(unsigned cpu, void *data) {
  (void)cpu, (void)data;
  is_counting = 1;
  intervals++;
  before = executed;
}

static void end(unsigned cpu, void *data) {
  (void)cpu, (void)data;
  if (is_counting && profiled == 0) fprintf(out, "%" PRIu64 "\n", executed - before);
  is_counting = 0;
}

static void count_one(unsigned cpu, void *data) {
  (void)cpu;
  if (is_counting && intervals == profiled) counts[(uintptr_t)data]++;
}

static void translate(qemu_plugin_id_t id, struct qemu_plugin_tb *tb) {
  const size_t number = qemu_plugin_tb_n_insns(tb);
  size_t i;
  (void)id;
  for (i = 0; i < number; i++) {
    struct qemu_plugin_insn *const insn = qemu_plugin_tb_get_insn(tb, i);
    const uint64_t at = qemu_plugin_insn_vaddr(insn);
    if (at == begin_at) qemu_plugin_register_vcpu_insn_exec_cb(insn, begin, CB_NO_REGS, NULL);
    if (at == end_at) qemu_plugin_register_vcpu_insn_exec_cb(insn, end, CB_NO_REGS, NULL);
    qemu_plugin_register_vcpu_insn_exec_inline(insn, INLINE_ADD_U64, &executed, 1);
    if (profiled != 0 && at - CODE < CODE_SIZE)
      qemu_plugin_register_vcpu_insn_exec_cb(insn, count_one, CB_NO_REGS, (void *)(uintptr_t)((at - CODE) / 2));
  }
}

static void finish(qemu_plugin_id_t id, void *data) {
  size_t i;
  (void)id, (void)data;
  for (i = 0; i < CODE_SIZE / 2; i++)
    if (counts[i] > 0) fprintf(out, "%zx %" PRIu32 "\n", CODE + 2 * i, counts[i]);
  fclose(out);
}

int qemu_plugin_install(qemu_plugin_id_t id, const void *info, int count, char **words) {
  int i;
  (void)info;
  for (i = 0; i < count; i++) {
    const char *const value = strchr(words[i], '=') + 1;
    if (strncmp(words[i], "begin=", 6) == 0) begin_at = strtoull(value, NULL, 0);
    if (strncmp(words[i], "end=", 4) == 0) end_at = strtoull(value, NULL, 0);
    if (strncmp(words[i], "profile=", 8) == 0) profiled = strtoull(value, NULL, 0);
    if (strncmp(words[i], "out=", 4) == 0) out = fopen(value, "w");
  }
  if (!out || !begin_at || !end_at) return 1;
  qemu_plugin_register_vcpu_tb_trans_cb(id, translate);
  qemu_plugin_register_atexit_cb(id, finish, NULL);
  return 0;
}
