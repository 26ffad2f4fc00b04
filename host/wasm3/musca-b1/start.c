/*
 * From reset to main() on a Cortex-M33 under QEMU. Files, arguments and output are those of the host, by semihosting (newlib's
 * rdimon). A fault ends the run with an exit code.
 */
#include <errno.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

extern uint32_t stack_top[], data_start[], data_end[], data_load[], bss_start[], bss_end[];
extern char end[], heap_end[];

int main(int count, char **words);
void initialise_monitor_handles(void);
void __libc_init_array(void);
void reset_handler(void);
void *_sbrk(ptrdiff_t bytes);
void _init(void);
void _fini(void);

enum { SYS_GET_CMDLINE = 0x15, SYS_EXIT_EXTENDED = 0x20, APPLICATION_EXIT = 0x20026, FAULT_CODE = 99 };

static uint32_t semihost(uint32_t operation, void *block) {
  register uint32_t r0 __asm__("r0") = operation;
  register void *r1 __asm__("r1") = block;
  __asm__ volatile("bkpt 0xab" : "+r"(r0) : "r"(r1) : "memory");
  return r0;
}

static void leave(uint32_t code) {
  uint32_t block[2] = {APPLICATION_EXIT, code};
  for (;;) semihost(SYS_EXIT_EXTENDED, block);
}

static void fault_handler(void) { leave(FAULT_CODE); }

/* The first sixteen vectors. There are no interrupts. */
static const struct {
  uint32_t *stack;
  void (*handlers[15])(void);
} vectors __attribute__((section(".vectors"), used)) = {
    stack_top,
    {reset_handler, fault_handler, fault_handler, fault_handler, fault_handler, fault_handler, fault_handler},
};

/* Replaces newlib's, which does not know where the stack begins. */
void *_sbrk(ptrdiff_t bytes) {
  static char *top = end;
  char *const before = top;
  if (bytes > heap_end - top) {
    errno = ENOMEM;
    return (void *)-1;
  }
  top += bytes;
  return before;
}

/* Newlib calls these before and after main(). */
void _init(void) {}
void _fini(void) {}

/* Splits the command line, whose words QEMU joined with spaces. */
static int split(char *line, char **words, int most) {
  int count = 0;
  char *word = strtok(line, " ");
  for (; word && count < most; word = strtok(NULL, " ")) words[count++] = word;
  return count;
}

void reset_handler(void) {
  static char line[512];
  static char *words[16];
  struct {
    char *text;
    uint32_t size;
  } command_line = {line, sizeof line};
  /* CPACR: enables floating-point registers, which the compiler may use. */
  *(volatile uint32_t *)0xe000ed88u |= 0xfu << 20;
  __asm__ volatile("dsb\n isb");
  memcpy(data_start, data_load, (size_t)((char *)data_end - (char *)data_start));
  memset(bss_start, 0, (size_t)((char *)bss_end - (char *)bss_start));
  initialise_monitor_handles();
  __libc_init_array();
  semihost(SYS_GET_CMDLINE, &command_line);
  const int count = split(line, words, 16);
  const int code = main(count, words);
  /* Flushes the buffers of files. */
  exit(code);
}
