/* Requests without a response: their answers when the connection ends, and the room that the inbox keeps for them. */
#include "managed_client.h"

/* The responses that come without being counted as a request: to connect and to disconnect. */
#define KEPT 2u

uint32_t wq_calls_inbox_room(const wq_calls *calls) {
  const wq_calls_mqtt *const mqtt = &calls->mqtt;
  const uint32_t owed = wq_calls_store_asked(calls) + (mqtt->subscribe.count != 0) + (mqtt->unsubscribe.count != 0) +
                        mqtt->has_draft + KEPT;
  const uint32_t used = mqtt->item_count + owed;
  return used < WQ_CALLS_ITEMS ? WQ_CALLS_ITEMS - used : 0;
}

/* Answers a request if it is the oldest; returns whether it was. */
static int answer_pending(wq_calls *calls, wq_calls_pending *pending, enum MvMqttReadableDataType type, uint32_t oldest) {
  if (pending->count == 0 || pending->order != oldest) return 0;
  pending->count = 0;
  wq_calls_put_answer(calls, type, pending->correlation_id, MV_MQTTREQUESTSTATE_NOTCONNECTED, NULL, 0);
  return 1;
}

void wq_calls_answer_all(wq_calls *calls) {
  wq_calls_mqtt *const mqtt = &calls->mqtt;
  for (;;) {
    const wq_calls_pending *const pending[2] = {&mqtt->subscribe, &mqtt->unsubscribe};
    uint32_t oldest = 0, i;
    int found = wq_calls_store_oldest(calls, &oldest);
    for (i = 0; i < 2; i++) {
      if (pending[i]->count == 0 || (found && (int32_t)(pending[i]->order - oldest) > 0)) continue;
      oldest = pending[i]->order;
      found = 1;
    }
    if (!found) return;
    if (answer_pending(calls, &mqtt->subscribe, MV_MQTTREADABLEDATATYPE_SUBSCRIBERESPONSE, oldest)) continue;
    if (answer_pending(calls, &mqtt->unsubscribe, MV_MQTTREADABLEDATATYPE_UNSUBSCRIBERESPONSE, oldest)) continue;
    wq_calls_store_answer(calls, oldest);
  }
}
