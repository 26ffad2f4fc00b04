#ifndef LOG_LINE_H
#define LOG_LINE_H

#ifdef __cplusplus
extern "C" {
#endif

/** Gives the kernel the buffer of the log. Call it first. */
void log_start(void);

/** Logs one line, as printf does; what is longer than 255 characters is cut off. */
void log_line(const char *format, ...) __attribute__((format(printf, 1, 2)));

#ifdef __cplusplus
}
#endif

#endif
