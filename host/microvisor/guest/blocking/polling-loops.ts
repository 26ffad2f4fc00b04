import type Binaryen from 'binaryen';
import { bodiesOf, childrenOf, type Expression, infoOf, type Module } from './expressions.js';

/** The import that a loop calls each time when nothing but somebody else's write to memory can end it. */
export const POLL = 'mv_host_poll';

/**
 * Makes loops that wait for memory to change call {@link POLL}: `while (!done);`, `while (!(USART1->ISR & TC));`, `for (;;);`. What such a
 * loop does in one round depends on memory alone: it writes nothing, calls nothing that does, and keeps no local variable for the next.
 *
 * @returns whether there is one
 */
export function meterPollingLoops(binaryen: typeof Binaryen, module: Module): boolean {
  const bodies = bodiesOf(binaryen, module);
  const reader = new ExpressionReader(binaryen, (name) => bodies.get(name));
  const loops = [...bodies.values()].flatMap((body) => reader.pollingLoops(body));
  if (loops.length === 0) return false;
  module.addFunctionImport(POLL, 'env', POLL, binaryen.none, binaryen.none);
  // The types of the package leave it out.
  const { Loop } = binaryen as unknown as { Loop: { setBody(loop: Expression, body: Expression): void } };
  for (const loop of loops) {
    const { body } = binaryen.getExpressionInfo(loop) as Binaryen.LoopInfo;
    const call = module.call(POLL, [], binaryen.none);
    Loop.setBody(loop, module.block(null as unknown as string, [call, body], binaryen.getExpressionType(body)));
  }
  return true;
}

class ExpressionReader {
  readonly #binaryen: typeof Binaryen;
  readonly #bodyOf: (name: string) => Expression | undefined;
  /** Whether functions only read memory, as far as it was asked. */
  readonly #readers = new Map<string, boolean>();

  constructor(binaryen: typeof Binaryen, bodyOf: (name: string) => Expression | undefined) {
    this.#binaryen = binaryen;
    this.#bodyOf = bodyOf;
  }

  /** The loops within an expression that wait for memory. */
  pollingLoops(expression: Expression): Expression[] {
    const found: Expression[] = [];
    const visit = (one: Expression) => {
      if (this.#binaryen.getExpressionId(one) === this.#binaryen.LoopId && this.#isPolling(one)) found.push(one);
      for (const child of childrenOf(this.#binaryen, one)) visit(child);
    };
    visit(expression);
    return found;
  }

  #isPolling(loop: Expression): boolean {
    const written = new Set<number>();
    const collect = (one: Expression): boolean => {
      if (this.#binaryen.getExpressionId(one) === this.#binaryen.LocalSetId)
        written.add(infoOf(this.#binaryen, one).index);
      return this.#readsOnly(one) && childrenOf(this.#binaryen, one).every(collect);
    };
    return collect(loop) && this.#keepsNothing(loop, written, new Set());
  }

  /** Whether an expression by itself changes nothing that outlives it but local variables. */
  #readsOnly(expression: Expression): boolean {
    const b = this.#binaryen;
    switch (b.getExpressionId(expression)) {
      case b.NopId:
      case b.ConstId:
      case b.LocalGetId:
      case b.LocalSetId:
      case b.GlobalGetId:
      case b.LoadId:
      case b.UnaryId:
      case b.BinaryId:
      case b.SelectId:
      case b.DropId:
      case b.BreakId:
      case b.SwitchId:
      case b.IfId:
      case b.BlockId:
      case b.LoopId:
      case b.ReturnId:
        return true;
      case b.CallId:
        return this.#isReader(infoOf(this.#binaryen, expression).target);
      default:
        return false;
    }
  }

  /** Whether a function only reads memory, as one that returns the state of something does. */
  #isReader(name: string): boolean {
    const known = this.#readers.get(name);
    if (known !== undefined) return known;
    // One that calls itself does more than that.
    this.#readers.set(name, false);
    const body = this.#bodyOf(name);
    const b = this.#binaryen;
    const reads = (one: Expression): boolean =>
      b.getExpressionId(one) !== b.LoopId && this.#readsOnly(one) && childrenOf(this.#binaryen, one).every(reads);
    const isReader = body !== undefined && reads(body);
    this.#readers.set(name, isReader);
    return isReader;
  }

  /**
   * Whether each local variable that is written in a loop is written in each round before it is read.
   *
   * @param written in the loop
   * @param fresh written in this round so far
   */
  #keepsNothing(expression: Expression, written: ReadonlySet<number>, fresh: Set<number>): boolean {
    const b = this.#binaryen;
    const id = b.getExpressionId(expression);
    if (id === b.LocalGetId) {
      const { index } = infoOf(this.#binaryen, expression);
      return !written.has(index) || fresh.has(index);
    }
    // What stands in a branch may not have been done behind it.
    const isBranch = id === b.IfId || id === b.LoopId || (id === b.BlockId && infoOf(this.#binaryen, expression).name);
    const inner = isBranch ? new Set(fresh) : fresh;
    for (const [index, child] of childrenOf(this.#binaryen, expression).entries()) {
      const isArm = id === b.IfId && index > 0;
      if (!this.#keepsNothing(child, written, isArm ? new Set(inner) : inner)) return false;
    }
    if (id === b.LocalSetId) fresh.add(infoOf(this.#binaryen, expression).index);
    return true;
  }
}
