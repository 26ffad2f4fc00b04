import { readFileSync } from 'node:fs';

interface Field {
  name: string;
  type: string;
  bytes?: string;
  elements?: string;
  optional?: boolean;
  when?: Record<string, number>;
}

interface Abi {
  enums: Record<string, { values: Record<string, number>; bytes_on_arm: number }>;
  structs: Record<string, { size: number; fields: (Field & { offset: number })[] }>;
  functions: Record<string, { family: string; params: Field[]; statuses: string[] }>;
}

/** The description of the system calls. */
export const abi: Abi = JSON.parse(readFileSync('assembly/abi/microvisor.json', 'utf8'));

/** The structure that a type is, or points to. */
export const structOf = (type: string) => /struct (\w+)/.exec(type)?.[1];
/** Whether a type is a pointer through which the kernel writes. */
export const isOut = (type: string) => type.endsWith('*') && !type.startsWith('const ');

/** C that prints the value of an expression, and writes through pointers that are not const. */
function tell(item: Field, expression: string, siblings: string): string[] {
  const struct = structOf(item.type);
  const label = `say("${item.name}=");`;
  if (item.bytes) {
    const act = isOut(item.type) ? 'fill' : 'show';
    return [label, `${act}((const void *)${expression}, ${siblings}${item.bytes});`];
  }
  if (item.elements) {
    const count = `${siblings}${item.elements}`;
    if (struct) return [label, `TELL_EACH(${struct}, ${expression}, ${count})`];
    return [label, `number(${count});`, `if (${expression}) *${expression} = next();`];
  }
  if (struct) return tellStructure(item, struct, expression, label);
  if (item.type.endsWith('**')) return [`*${expression} = stand_in_buffer;`];
  return item.type.endsWith('*') ? [`*${expression} = next();`] : [label, `number(${expression});`];
}

/** The same for a structure: a value, one that is pointed to, or one to be filled. */
function tellStructure({ type, optional }: Field, struct: string, expression: string, label: string): string[] {
  if (!type.endsWith('*')) return [label, `tell_${struct}(&${expression});`];
  if (isOut(type)) return abi.structs[struct].fields.map(({ name }) => `${expression}->${name} = next();`);
  const told = `tell_${struct}(${expression});`;
  return [label, optional ? `if (${expression}) ${told} else say("none ");` : told];
}

function structure(name: string, fields: Field[]): string {
  const lines = fields.flatMap((field) => {
    const text = tell(field, `it->${field.name}`, 'it->');
    const [condition] = Object.entries(field.when ?? {});
    return condition ? [`if (it->${condition[0]} == ${condition[1]}) {`, ...text, '}'] : text;
  });
  return [`void tell_${name}(const struct ${name} *it) {`, 'say("{ ");', ...lines, 'say("} ");', '}'].join('\n');
}

function call(name: string, params: Field[]): string {
  const list = params.map(({ type, name }) => `${type} ${name}`).join(', ') || 'void';
  const lines = params.flatMap((param) => tell(param, param.name, ''));
  return [`enum MvStatus ${name}(${list}) {`, `say("${name} ");`, ...lines, `return answer("${name}");`, '}'].join(
    '\n',
  );
}

const HELPERS = `
/* A stand-in for the secure side: it prints every call with all its parameters, and returns the status that it was told. */
#include <stdio.h>
#include <string.h>
#include "stand-in.h"
#include "wq_microvisor.h"
static char told[64];
static int told_status;
uint8_t *stand_in_buffer;
static unsigned counter;
void stand_in_forget(void) { counter = 0; told[0] = 0; stand_in_buffer = NULL; }
void stand_in_tell(const char *name, int status) { strcpy(told, name); told_status = status; }
static void say(const char *text) { fputs(text, stdout); }
static void number(unsigned long value) { printf("%lu ", value); }
static unsigned next(void) { return 100 + counter++ % 100; }
static void show(const uint8_t *bytes, unsigned long length) {
  unsigned long i;
  putchar('"');
  for (i = 0; i < length; i++) putchar(bytes[i]);
  say("\\" ");
}
/* Prints the size of a buffer and writes to it. */
static void fill(const void *bytes, unsigned long length) {
  printf("%lu bytes ", length);
  memset((void *)(uintptr_t)bytes, 'x', length < 3 ? length : 3);
  stand_in_buffer = (uint8_t *)(uintptr_t)bytes;
}
static enum MvStatus answer(const char *name) {
  say("\\n");
  return strcmp(name, told) == 0 ? (enum MvStatus)told_status : MV_STATUS_OKAY;
}
#define TELL_EACH(type, list, count) { unsigned long i; for (i = 0; i < (count); i++) tell_##type(&(list)[i]); }
`;

/** The C source of a stand-in for the secure side: every system call. */
export function standIn(): string {
  const names = Object.keys(abi.structs);
  const printed = names.filter((name) => name !== 'MvNotification');
  const declarations = printed.map((name) => `void tell_${name}(const struct ${name} *it);`);
  const structures = printed.map((name) => structure(name, abi.structs[name].fields));
  const calls = Object.entries(abi.functions).map(([name, { params }]) => call(name, params));
  return [HELPERS, ...declarations, ...structures, ...calls, ''].join('\n');
}
