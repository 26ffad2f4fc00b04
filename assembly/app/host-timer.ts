/**
 * The one import that is not a system call: arms a one-shot timer, after which the host calls `mv_app_timer`. A new call replaces
 * the timer; a negative time cancels it.
 */
// @ts-ignore: decorator
@external('env', 'mv_host_timer')
export declare function mv_host_timer(milliseconds: i32): void;
