import type Binaryen from 'binaryen';

type Module = Binaryen.Module;
type Expression = Binaryen.ExpressionRef;

/** The import that a loop calls each time when nothing but somebody else's write to memory can end it. */
export const POLL = 'mv_host_poll';

/**
 * Makes loops that wait for memory to change call {@link POLL}: `while (!done);`, `while (!(USART1->ISR & TC));`, `for (;;);`. What such a
 * loop does in one round depends on memory alone: it writes nothing, calls nothing that does, and keeps no local variable for the next.
 *
 * @returns whether there is one
 */
export function meterPollingLoops(binaryen: typeof Binaryen, module: Module): boolean {
  const bodies = new Map<string, Expression>();
  for (let index = 0; index < module.getNumFunctions(); index++) {
    const { name, body } = binaryen.getFunctionInfo(module.getFunctionByIndex(index));
    if (body) bodies.set(name, body);
  }
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
      for (const child of this.#children(one)) visit(child);
    };
    visit(expression);
    return found;
  }

  #isPolling(loop: Expression): boolean {
    const written = new Set<number>();
    const collect = (one: Expression): boolean => {
      if (this.#binaryen.getExpressionId(one) === this.#binaryen.LocalSetId) written.add(this.#info(one).index);
      return this.#readsOnly(one) && this.#children(one).every(collect);
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
        return this.#isReader(this.#info(expression).target);
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
      b.getExpressionId(one) !== b.LoopId && this.#readsOnly(one) && this.#children(one).every(reads);
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
      const { index } = this.#info(expression);
      return !written.has(index) || fresh.has(index);
    }
    // What stands in a branch may not have been done behind it.
    const isBranch = id === b.IfId || id === b.LoopId || (id === b.BlockId && this.#info(expression).name);
    const inner = isBranch ? new Set(fresh) : fresh;
    for (const [index, child] of this.#children(expression).entries()) {
      const isArm = id === b.IfId && index > 0;
      if (!this.#keepsNothing(child, written, isArm ? new Set(inner) : inner)) return false;
    }
    if (id === b.LocalSetId) fresh.add(this.#info(expression).index);
    return true;
  }

  // biome-ignore lint/suspicious/noExplicitAny: its members follow from the kind of the expression
  #info(expression: Expression): any {
    return this.#binaryen.getExpressionInfo(expression);
  }

  /** What an expression consists of, in the order in which it is done. */
  #children(expression: Expression): Expression[] {
    const b = this.#binaryen;
    const id = b.getExpressionId(expression);
    const of = (...names: string[]): Expression[] => {
      const info = this.#info(expression);
      return names.flatMap((name) => info[name] || []);
    };
    switch (id) {
      case b.BlockId:
        return of('children');
      case b.IfId:
        return of('condition', 'ifTrue', 'ifFalse');
      case b.LoopId:
        return of('body');
      case b.BreakId:
      case b.SwitchId:
        return of('value', 'condition');
      case b.CallId:
        return of('operands');
      case b.CallIndirectId:
        return of('operands', 'target');
      case b.LocalSetId:
      case b.GlobalSetId:
      case b.UnaryId:
      case b.DropId:
      case b.ReturnId:
        return of('value');
      case b.LoadId:
        return of('ptr');
      case b.StoreId:
        return of('ptr', 'value');
      case b.BinaryId:
        return of('left', 'right');
      case b.SelectId:
        return of('ifTrue', 'ifFalse', 'condition');
      default:
        return [];
    }
  }
}
