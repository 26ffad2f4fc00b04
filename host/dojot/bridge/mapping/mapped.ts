import { reasonOf } from '../../../node/reason.js';

/** What becomes of a message: it goes on, it is a dead letter, or it is not for this bridge. */
export type Mapped<To> =
  /** @see note what somebody may want to know about it */
  { readonly to: To; readonly note?: string } | { readonly dead: string } | 'skip';

/** What a mapping cannot bear, such as JSON that is nested too deep, is a dead letter too. */
export function mappedOrDead<To>(map: () => Mapped<To>): Mapped<To> {
  try {
    return map();
  } catch (error) {
    return { dead: reasonOf(error) };
  }
}
