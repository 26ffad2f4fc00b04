/** What becomes of a message: it goes on, it is a dead letter, or it is not for this bridge. */
export type Mapped<To> =
  /** @see note what somebody may want to know about it */
  { readonly to: To; readonly note?: string } | { readonly dead: string } | 'skip';
