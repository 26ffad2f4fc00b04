export { session_close, session_init, session_restore } from './context';
export { session_poll } from './poll';
export { session_receive } from './receive';
export { session_send } from './send';
export { session_arrived, session_deadline } from './time';
