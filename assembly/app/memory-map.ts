/**
 * Every buffer of the application, laid out once in a static block: its memory is known at link time, and no heap (of a unit test,
 * for example) can overlap it. The zeros of the block are not in the file. Channel and log buffers are aligned to 512 bytes and
 * multiples of 512 long, as mvOpenChannel and mvServerLoggingInit demand.
 */
import { AppLimit } from '../../build/abi/assembly';
import { MvNotification } from '../../build/abi/microvisor-assembly';

export const RECEIVE_SIZE: u32 = 16384;
export const SEND_SIZE: u32 = 4096;
export const LOG_SIZE: u32 = 1024;
export const NOTIFICATION_COUNT: u32 = 32;
export const TEXT_SIZE: u32 = 4096;
export const LINE_SIZE: u32 = 512;
export const PAYLOAD_SIZE: u32 = 1024;
/** Room for the structures of one system call with all that they point to. */
export const CALL_SIZE: u32 = 512;
export const DEVICE_ID_SIZE: u32 = 34;

/** All buffers, and up to 511 bytes before the first one. */
const ROOM: i32 = 37_184;
const base: usize = (memory.data(ROOM, 16) + 511) & ~511;

export const receiveBuffer: usize = base;
export const sendBuffer: usize = receiveBuffer + RECEIVE_SIZE;
export const logBuffer: usize = sendBuffer + SEND_SIZE;
export const notifications: usize = logBuffer + LOG_SIZE;
/** Text of the configuration item that is being read. */
export const textBuffer: usize = notifications + NOTIFICATION_COUNT * <u32>MvNotification.SIZE;
export const lineBuffer: usize = textBuffer + TEXT_SIZE;
export const payloadBuffer: usize = lineBuffer + LINE_SIZE;
export const callBuffer: usize = payloadBuffer + PAYLOAD_SIZE;
/** Topic of a message, of a publish or of the subscription. */
export const topicBuffer: usize = callBuffer + CALL_SIZE;
export const publishTopicBuffer: usize = topicBuffer + AppLimit.TOPIC;
export const subscribeTopicBuffer: usize = publishTopicBuffer + AppLimit.TOPIC;
export const hostBuffer: usize = subscribeTopicBuffer + AppLimit.TOPIC;
export const clientIdBuffer: usize = hostBuffer + AppLimit.HOST;
export const userNameBuffer: usize = clientIdBuffer + AppLimit.CLIENT_ID;
export const passwordBuffer: usize = userNameBuffer + AppLimit.USER_NAME;
export const rootCaBuffer: usize = passwordBuffer + AppLimit.PASSWORD;
export const certificateBuffer: usize = rootCaBuffer + AppLimit.CREDENTIAL;
export const keyBuffer: usize = certificateBuffer + AppLimit.CREDENTIAL;
export const deviceIdBuffer: usize = keyBuffer + AppLimit.CREDENTIAL;
export const recordBuffer: usize = deviceIdBuffer + 64;
/** The end; it must lie within the one page of memory that the module starts with. */
export const memoryEnd: usize = recordBuffer + 640;

if (<i32>(memoryEnd - base) + 511 > ROOM) ERROR('the buffers need more room than ROOM');
