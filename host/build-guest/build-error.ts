export type BuildErrorCode = 'no-compiler' | 'bad-project' | 'missing-names' | 'compile-failed';

/** An application that cannot be built; the message says what is wrong, where, and what to do. */
export class BuildError extends Error {
  override name = 'BuildError';
  readonly code: BuildErrorCode;

  constructor(code: BuildErrorCode, message: string) {
    super(message);
    this.code = code;
  }
}
