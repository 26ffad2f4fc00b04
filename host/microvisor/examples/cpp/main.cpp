// C++ on FreeRTOS: a class for each task, one that presses and one that counts, joined by a notification.
#include <cstdio>
#include <cstring>
#include <map>
#include <string>

#include "FreeRTOS.h"
#include "stm32u5xx_hal.h"
#include "task.h"

namespace {

constexpr UBaseType_t kPriority = 1;
constexpr TickType_t kPause = 250;

void say(const std::string &text) {
  mvServerLog(reinterpret_cast<const uint8_t *>(text.data()), static_cast<uint16_t>(text.size()));
}

/// A task whose work is a member function.
class Task {
 public:
  explicit Task(const char *name) { xTaskCreate(enter, name, 1024, this, kPriority, &handle_); }
  virtual ~Task() = default;
  TaskHandle_t handle() const { return handle_; }

 protected:
  virtual void work() = 0;

 private:
  static void enter(void *task) {
    static_cast<Task *>(task)->work();
    vTaskDelete(nullptr);
  }
  TaskHandle_t handle_ = nullptr;
};

class Counter : public Task {
 public:
  Counter() : Task("counter") {}

 private:
  void work() override {
    std::map<std::string, int> counts;
    for (;;) {
      const uint32_t given = ulTaskNotifyTake(pdTRUE, portMAX_DELAY);
      counts[given > 1 ? "several" : "single"]++;
      say("single: " + std::to_string(counts["single"]) + ", several: " + std::to_string(counts["several"]));
    }
  }
};

class Presser : public Task {
 public:
  explicit Presser(const Counter &counter) : Task("presser"), counter_(counter) {}

 private:
  void work() override {
    for (int round = 1; round <= 3; round++) {
      for (int press = 0; press < round; press++) xTaskNotifyGive(counter_.handle());
      vTaskDelay(pdMS_TO_TICKS(kPause));
    }
  }
  const Counter &counter_;
};

uint8_t log_buffer[1024] __attribute__((aligned(512)));

}  // namespace

int main() {
  HAL_Init();
  mvServerLoggingInit(log_buffer, sizeof log_buffer);
  static const Counter counter;
  static const Presser presser(counter);
  vTaskStartScheduler();
}
