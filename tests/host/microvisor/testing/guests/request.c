/* Asks for https://api.example.com/x after 100 ms, with a timeout of 10 s. */
#include "stm32u5xx_hal.h"

#define TEXT(literal) {.data = (const uint8_t *)(literal), .length = sizeof(literal) - 1}
static volatile struct MvNotification notifications[16] __attribute__((aligned(8)));
static uint8_t in[1024] __attribute__((aligned(512))), out[1024] __attribute__((aligned(512)));
void TIM8_BRK_IRQHandler(void) {}
int main(void) {
  MvNotificationHandle listener; MvNetworkHandle network; MvChannelHandle channel;
  const struct MvNotificationSetup setup = {TIM8_BRK_IRQn, (struct MvNotification *)notifications, sizeof notifications};
  HAL_Init();
  mvSetupNotifications(&setup, &listener);
  const struct MvRequestNetworkParams wanted = {.version = 1, .v1 = {.notification_handle = listener}};
  mvRequestNetwork(&wanted, &network);
  HAL_Delay(100);
  const struct MvOpenChannelParams params = {.version = 1, .v1 = {.notification_handle = listener, .network_handle = network,
    .receive_buffer = in, .receive_buffer_len = sizeof in, .send_buffer = out, .send_buffer_len = sizeof out,
    .channel_type = MV_CHANNELTYPE_HTTP}};
  mvOpenChannel(&params, &channel);
  const struct MvHttpRequest request = {.method = TEXT("GET"), .url = TEXT("https://api.example.com/x"), .timeout_ms = 10000};
  mvSendHttpRequest(channel, &request);
  mv_host_wait(-1);
  return 0;
}
