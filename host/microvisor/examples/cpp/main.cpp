// C++ on FreeRTOS: a class for each task, one that presses and one that counts and publishes, joined by a notification.
#include <map>
#include <string>

#include "FreeRTOS.h"
#include "broker_link.h"
#include "log_line.h"
#include "stm32u5xx_hal.h"
#include "task.h"

namespace {

constexpr UBaseType_t kPriority = 1;
constexpr TickType_t kPause = 250;
constexpr TickType_t kPatience = 500;
constexpr uint16_t kStackSize = 8192;

/// A task whose work is a member function.
class Task {
 public:
  explicit Task(const char *name) { xTaskCreate(enter, name, kStackSize / sizeof(StackType_t), this, kPriority, &handle_); }
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
      const uint32_t given = ulTaskNotifyTake(pdTRUE, pdMS_TO_TICKS(kPatience));
      if (given > 0) {
        counts[given > 1 ? "several" : "single"]++;
        log_line("single: %d, several: %d", counts["single"], counts["several"]);
      }
      broker_link_publish(textOf(counts).c_str());  // again and again: who listens late gets it too
      broker_link_step();
    }
  }

  static std::string textOf(const std::map<std::string, int> &counts) {
    std::string text;
    for (const auto &[name, count] : counts) text += (text.empty() ? "\"" : ",\"") + name + "\":" + std::to_string(count);
    return "{" + text + "}";
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

}  // namespace

int main() {
  HAL_Init();
  log_start();
  if (!broker_link_start()) return 1;
  static const Counter counter;
  static const Presser presser(counter);
  vTaskStartScheduler();
}
