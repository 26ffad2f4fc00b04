/* The one channel that is open at a time: first to fetch the configuration, then for MQTT. Both use the same buffers. */
#include "one_channel.h"

#include "event_queue.h"
#include "log_line.h"

/* The kernel wants both aligned to 512. */
static uint8_t receive_buffer[RECEIVE_SIZE] __attribute__((aligned(512)));
static uint8_t send_buffer[4096] __attribute__((aligned(512)));
static MvChannelHandle channel;
/* Counted up with each channel: what is left in the queue from the last one then belongs to nobody. */
static uint32_t tag = TAG_FIRST_CHANNEL;

bool channel_open(enum MvChannelType type, MvNetworkHandle network) {
  tag++;
  const struct MvOpenChannelParams params = {.version = 1,
                                             .v1 = {.notification_handle = events_handle(),
                                                    .notification_tag = tag,
                                                    .network_handle = network,
                                                    .receive_buffer = receive_buffer,
                                                    .receive_buffer_len = sizeof receive_buffer,
                                                    .send_buffer = send_buffer,
                                                    .send_buffer_len = sizeof send_buffer,
                                                    .channel_type = type}};
  const enum MvStatus status = mvOpenChannel(&params, &channel);
  if (status == MV_STATUS_OKAY) return true;
  log_line("no channel of type %d: status %d", (int)type, (int)status);
  channel = NULL;
  return false;
}

MvChannelHandle channel_handle(void) { return channel; }

uint32_t channel_tag(void) { return tag; }

void channel_close(void) {
  if (channel != NULL) mvCloseChannel(&channel);
  channel = NULL;
}
