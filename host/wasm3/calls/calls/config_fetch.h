/* What wq_calls_poll() needs of the config fetches. */
#ifndef WQ_CALLS_CONFIG_FETCH_H
#define WQ_CALLS_CONFIG_FETCH_H

#include "../kernel/kernel.h"

/**
 * wq_calls_config_poll fetches the values that the request of a channel asks for. It does nothing for a channel without a
 * request. It returns 1 when it has to be called again.
 */
int wq_calls_config_poll(wq_calls *calls, wq_calls_channel *channel);

#endif /* WQ_CALLS_CONFIG_FETCH_H */
