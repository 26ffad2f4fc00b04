/* The connection from its CONNACK to its end: what each outcome does to the channel, the session and the transport. */
#include "managed_client.h"

void wq_calls_link_close(wq_calls *calls) {
  wq_calls_mqtt *const mqtt = &calls->mqtt;
  if (mqtt->link != LINK_CLOSED && calls->options.close) calls->options.close(calls->options.user);
  mqtt->link = LINK_CLOSED;
  mqtt->output_start = mqtt->output_end = mqtt->input_used = 0;
}

int wq_calls_link_flush(wq_calls *calls) {
  const int32_t failure = wq_calls_write(calls);
  if (failure) wq_calls_lost(calls, failure);
  return failure == 0;
}

void wq_calls_link_finish(wq_calls *calls) {
  wq_calls_mqtt *const mqtt = &calls->mqtt;
  mqtt->state = STATE_OVER;
  mqtt->has_draft = 0;
  wq_session_close(calls->options.core, mqtt->context);
  wq_calls_receipts_lost(calls);
  wq_calls_store_lost(calls);
  if (!mqtt->is_held) mqtt->is_known = 0;
}

void wq_calls_link_goodbye(wq_calls *calls, uint32_t reason_code) {
  wq_packet *const packet = wq_calls_new_packet(calls, WQ_PACKET_TYPE_DISCONNECT);
  if (packet) {
    packet->reason_code = reason_code;
    calls->mqtt.output_top = WQ_CALLS_OUTPUT;
    wq_calls_send_packet(calls);
  }
  calls->mqtt.link = LINK_ENDING;
}

void wq_calls_connected(wq_calls *calls, int session_present) {
  wq_calls_mqtt *const mqtt = &calls->mqtt;
  mqtt->state = STATE_CONNECTED;
  mqtt->is_held = mqtt->version == 5 ? calls->options.session_expiry > 0 : !mqtt->clean_start;
  /* The broker has no session, so nothing of an older one is sent or comes again (MQTT-3.2.2-5). */
  if (!session_present) mqtt->store_used = mqtt->receipt_count = 0;
  wq_calls_put_state(calls, MV_MQTTREADABLEDATATYPE_CONNECTRESPONSE, MV_MQTTREQUESTSTATE_REQUESTCOMPLETED, 0);
}

void wq_calls_connect_failed(wq_calls *calls, enum MvMqttRequestState state, uint32_t code) {
  wq_calls_link_finish(calls);
  wq_calls_link_close(calls);
  wq_calls_put_state(calls, MV_MQTTREADABLEDATATYPE_CONNECTRESPONSE, state, code);
}

void wq_calls_ended(wq_calls *calls, enum MvMqttRequestState state, uint32_t code, int says_goodbye) {
  wq_calls_mqtt *const mqtt = &calls->mqtt;
  if (mqtt->state != STATE_CONNECTED) return;
  if (says_goodbye) wq_calls_link_goodbye(calls, 0);
  wq_calls_answer_all(calls);
  wq_calls_link_finish(calls);
  if (mqtt->link == LINK_OPEN) mqtt->link = LINK_ENDING;
  wq_calls_put_state(calls, MV_MQTTREADABLEDATATYPE_DISCONNECTRESPONSE, state, code);
}

void wq_calls_fail(wq_calls *calls, uint32_t reason_code, uint32_t received) {
  if (calls->mqtt.state == STATE_PENDING) wq_calls_connect_failed(calls, MV_MQTTREQUESTSTATE_SOCKETERROR, 0);
  if (calls->mqtt.state != STATE_CONNECTED) return;
  /* A client of 3.1.1 cannot tell the broker why it disconnects, and just goes. */
  if (calls->mqtt.version == 5) wq_calls_link_goodbye(calls, reason_code ? reason_code : WQ_REASON_UNSPECIFIED_ERROR);
  wq_calls_ended(calls, MV_MQTTREQUESTSTATE_REQUESTCOMPLETED, received, 0);
}

void wq_calls_lost(wq_calls *calls, int32_t failure) {
  const int is_known = failure > 0 && failure <= (int32_t)MV_MQTTREQUESTSTATE_CONNECTIONCIRCUITBREAKER;
  if (calls->mqtt.state == STATE_PENDING)
    wq_calls_connect_failed(calls, is_known ? (enum MvMqttRequestState)failure : MV_MQTTREQUESTSTATE_SOCKETERROR, 0);
  wq_calls_ended(calls, MV_MQTTREQUESTSTATE_NOTCONNECTED, 0, 0);
  wq_calls_link_close(calls);
}

void wq_calls_settle(wq_calls *calls) {
  const int32_t result = wq_calls_receipts_send(calls);
  if (result) wq_calls_fail(calls, wq_result_reason_code(result, 0), 0);
}
