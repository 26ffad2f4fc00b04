/**
 * Thrown out of an imported system call that does not return: mvRestart, mvDeepSleep, mvTestingComplete. Whoever entered the
 * guest gives its instance up; `Kernel.lifecycle` says whether and when the application starts again. It is no error, and has no
 * stack.
 */
export class Departure {}
