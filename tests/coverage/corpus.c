/* Runs a fuzz target once for each named file, as libFuzzer does with a corpus. */
#include <stdint.h>
#include <stdio.h>

int LLVMFuzzerInitialize(int *count, char ***words);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Targets may have a mutator of their own, which calls this. Here nothing is mutated. */
size_t LLVMFuzzerMutate(uint8_t *data, size_t size, size_t most);
size_t LLVMFuzzerMutate(uint8_t *data, size_t size, size_t most) {
  (void)data;
  (void)most;
  return size;
}

int main(int count, char **words) {
  static uint8_t data[1 << 16];
  int i;
  if (LLVMFuzzerInitialize(&count, &words) != 0) return 2;
  for (i = 1; i < count; i++) {
    FILE *file = fopen(words[i], "rb");
    size_t size;
    if (!file) return 2;
    size = fread(data, 1, sizeof data, file);
    fclose(file);
    LLVMFuzzerTestOneInput(data, size);
  }
  return 0;
}
