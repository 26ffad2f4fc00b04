/** Something that the user can fix: one sentence, exit code 1, no stack trace. */
export class UserError extends Error {
  override name = 'UserError';
}

/** A wrong combination of options: exit code 2. */
export class UsageError extends Error {
  override name = 'UsageError';
}
