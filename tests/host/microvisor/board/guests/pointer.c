#include "cmsis_os2.h"

int main(void) {
  osMessageQueueId_t queue = osMessageQueueNew(1, 4, NULL);
  osMessageQueuePut(queue, (const void *)0xfffffff0u, 0, 0);
}
