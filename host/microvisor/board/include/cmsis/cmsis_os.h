/* CMSIS-RTOS v2 over FreeRTOS, by the name of the header that STM32CubeMX includes. */
#ifndef CMSIS_OS_H
#define CMSIS_OS_H

#include "FreeRTOS.h"
#include "task.h"
#include "cmsis_os2.h"

#endif /* CMSIS_OS_H */
