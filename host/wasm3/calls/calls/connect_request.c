/* mvMqttRequestConnect. The request is checked and encoded within the call, as the application's memory is valid only then. */
#include <string.h>

#include "../managed_client/managed_client.h"

#define CERTIFICATES 8u
#define CLEAN_START 0x02u
#define WILL 0x04u
#define WILL_RETAIN 0x20u
#define PASSWORD 0x40u
#define USER_NAME 0x80u
/* Bytes of the properties: Receive Maximum 3, Maximum Packet Size 5, Session Expiry Interval 5. */
#define PROPERTIES 13u

static int holds(const struct MvSizedString *string) { return wq_calls_holds_string(string->data, string->length); }

static int holds_chain(const struct MvTlsCertificateChain *chain) {
  uint32_t i;
  if (chain->num_certs > 0 && !wq_calls_holds(chain->certs, 4)) return 0;
  for (i = 0; i < chain->num_certs; i++)
    if (!holds(&chain->certs[i])) return 0;
  return 1;
}

static enum MvStatus check_credentials(const struct MvTlsCredentials *credentials) {
  const struct MvOwnTlsCertificateChain *own;
  if (!credentials) return MV_STATUS_OKAY;
  if (!wq_calls_holds(credentials, 4)) return MV_STATUS_LATEFAULT;
  own = &credentials->clientcert;
  if (credentials->cacert.num_certs > CERTIFICATES || own->chain.num_certs > CERTIFICATES) return MV_STATUS_TOOMANYELEMENTS;
  if (!holds_chain(&credentials->cacert) || !holds_chain(&own->chain) || !holds(&own->key)) return MV_STATUS_LATEFAULT;
  return own->chain.num_certs > 0 && own->key.length == 0 ? MV_STATUS_REQUIREDELEMENTMISSING : MV_STATUS_OKAY;
}

static enum MvStatus check_login(const struct MvMqttConnectRequest *request) {
  const struct MvMqttAuthentication *const login = &request->authentication;
  if (login->method == MV_MQTTAUTHENTICATIONMETHOD_NONE) return MV_STATUS_OKAY;
  if (login->method != MV_MQTTAUTHENTICATIONMETHOD_USERNAMEPASSWORD) return MV_STATUS_INVALIDAUTHENTICATION;
  if (!holds(&login->username_password.username) || !holds(&login->username_password.password)) return MV_STATUS_LATEFAULT;
  return request->tls_credentials && request->tls_credentials->clientcert.chain.num_certs > 0
             ? MV_STATUS_INVALIDAUTHENTICATION
             : MV_STATUS_OKAY;
}

static enum MvStatus check_will(const struct MvMqttWill *will) {
  if (!will) return MV_STATUS_OKAY;
  if (!wq_calls_holds(will, 4) || !holds(&will->topic) || !holds(&will->payload)) return MV_STATUS_LATEFAULT;
  return will->topic.length == 0 || will->payload.length == 0 ? MV_STATUS_REQUIREDELEMENTMISSING : MV_STATUS_OKAY;
}

static enum MvStatus check(const struct MvMqttConnectRequest *request) {
  enum MvStatus status;
  if (!holds(&request->host) || !holds(&request->clientid)) return MV_STATUS_LATEFAULT;
  if (request->host.length == 0 || request->clientid.length == 0) return MV_STATUS_REQUIREDELEMENTMISSING;
  status = check_credentials(request->tls_credentials);
  if (status == MV_STATUS_OKAY) status = check_login(request);
  return status == MV_STATUS_OKAY ? check_will(request->will) : status;
}

static int place(wq_calls *calls, const struct MvSizedString *string, wq_ptr *address, uint32_t *length) {
  *address = wq_calls_place(calls, string->data, string->length);
  *length = string->length;
  return *address != 0;
}

/* Appends a property to those of the packet. Returns 0 when that failed. */
static int add_property(wq_calls *calls, wq_packet *packet, uint32_t id, uint32_t value) {
  wq_property *const property = (wq_property *)(void *)wq_calls_memory(calls, calls->mqtt.property, sizeof *property);
  int32_t written;
  if (!property) return 0;
  memset(property, 0, sizeof *property);
  property->id = id;
  property->value = value;
  written = wq_mqtt_property_write(
      calls->options.core, calls->mqtt.property, packet->properties + packet->properties_length,
      PROPERTIES - packet->properties_length);
  if (written > 0) packet->properties_length += (uint32_t)written;
  return written > 0;
}

/* What the client can hold, and how long the broker is asked to keep the session. 3.1.1 has no properties. */
static int place_properties(wq_calls *calls, wq_packet *packet) {
  static const uint8_t room[PROPERTIES] = {0};
  const uint32_t expiry = calls->options.session_expiry;
  packet->properties = wq_calls_place(calls, room, sizeof room);
  return packet->properties && add_property(calls, packet, WQ_PROPERTY_RECEIVE_MAXIMUM, WQ_CALLS_MESSAGES) &&
         add_property(calls, packet, WQ_PROPERTY_MAXIMUM_PACKET_SIZE, wq_calls_largest_packet(calls)) &&
         (expiry == 0 || add_property(calls, packet, WQ_PROPERTY_SESSION_EXPIRY_INTERVAL, expiry));
}

static int place_will(wq_calls *calls, wq_packet *packet, const struct MvMqttWill *will) {
  if (will->qos > 2) return 0;
  packet->connect_flags |= WILL | will->qos << 3 | (will->retain ? WILL_RETAIN : 0);
  return place(calls, &will->topic, &packet->topic, &packet->topic_length) &&
         place(calls, &will->payload, &packet->payload, &packet->payload_length);
}

/* Puts CONNECT into the output. Returns 0 for values that MQTT does not allow or that do not fit. */
static int encode(wq_calls *calls, const struct MvMqttConnectRequest *request) {
  const struct MvUsernamePassword *const login = &request->authentication.username_password;
  wq_packet *packet;
  if ((uint32_t)request->protocol_version > MV_MQTTPROTOCOLVERSION_V5 || request->port == 0) return 0;
  packet = wq_calls_new_packet(calls, WQ_PACKET_TYPE_CONNECT);
  if (!packet) return 0;
  packet->protocol_version = calls->mqtt.version = request->protocol_version == MV_MQTTPROTOCOLVERSION_V5 ? 5 : 4;
  packet->keep_alive = request->keepalive;
  packet->connect_flags = request->clean_start ? CLEAN_START : 0;
  calls->mqtt.clean_start = request->clean_start != 0;
  if (!place(calls, &request->clientid, &packet->client_id, &packet->client_id_length)) return 0;
  if (request->will && !place_will(calls, packet, request->will)) return 0;
  if (request->authentication.method == MV_MQTTAUTHENTICATIONMETHOD_USERNAMEPASSWORD) {
    packet->connect_flags |= USER_NAME | PASSWORD;
    if (!place(calls, &login->username, &packet->user_name, &packet->user_name_length)) return 0;
    if (!place(calls, &login->password, &packet->password, &packet->password_length)) return 0;
  }
  if (packet->protocol_version == 5 && !place_properties(calls, packet)) return 0;
  return wq_calls_send_packet(calls) > 0;
}

static enum MvStatus connect(wq_calls *calls, MvChannelHandle handle, const struct MvMqttConnectRequest *request) {
  wq_calls_mqtt *const mqtt = &calls->mqtt;
  wq_calls_channel *channel;
  enum MvStatus status;
  if (!wq_calls_holds(request, 4)) return MV_STATUS_PARAMETERFAULT;
  channel = wq_calls_use(calls, handle, MV_CHANNELTYPE_MQTT, &status);
  if (!channel) return status;
  if (mqtt->state == STATE_PENDING || mqtt->state == STATE_OVER) return MV_STATUS_REQUESTALREADYSENT;
  status = check(request);
  if (status == MV_STATUS_LATEFAULT) return wq_calls_late_fault(calls, channel);
  if (status != MV_STATUS_OKAY) return status;
  if (mqtt->state == STATE_CONNECTED) {
    if (wq_calls_inbox_room(calls) == 0) return MV_STATUS_REQUESTALREADYSENT;
    wq_calls_put_state(calls, MV_MQTTREADABLEDATATYPE_CONNECTRESPONSE, MV_MQTTREQUESTSTATE_ALREADYCONNECTED, 0);
    return MV_STATUS_OKAY;
  }
  wq_calls_mqtt_take_session(calls, request);
  if (!wq_calls_memory(calls, mqtt->context, WQ_CALLS_CONTEXT)) wq_calls_connect_failed(calls, MV_MQTTREQUESTSTATE_SOCKETERROR, 0);
  else if (encode(calls, request)) wq_calls_mqtt_connect(calls, request);
  else wq_calls_connect_failed(calls, MV_MQTTREQUESTSTATE_INVALIDPARAMETERS, 0);
  return MV_STATUS_OKAY;
}

enum MvStatus mvMqttRequestConnect(MvChannelHandle handle, const struct MvMqttConnectRequest *request) {
  WQ_SERVE(connect(calls, handle, request));
}
