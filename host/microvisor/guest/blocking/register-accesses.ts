import type Binaryen from 'binaryen';
import type { WatchedRegisters } from '../board-port.js';
import { bodiesOf, childrenOf, type Expression, infoOf, type Module } from './expressions.js';

/** The import that is called with the address of a register before it is read. */
export const REGISTER_READ = 'mv_host_register_read';
/** The import that is called with the address of a register after it was written. */
export const REGISTER_WRITTEN = 'mv_host_register_written';

/** What the types of the package leave out. */
interface Setters {
  Function: { setBody(one: Binaryen.FunctionRef, body: Expression): void };
  Load: { setPtr(load: Expression, ptr: Expression): void };
  Loop: { setBody(loop: Expression, body: Expression): void };
  Block: { setChildAt(block: Expression, index: number, child: Expression): void };
  If: { setIfTrue(one: Expression, arm: Expression): void; setIfFalse(one: Expression, arm: Expression): void };
}

/**
 * Makes a module tell the host of each access to a watched register: `USART2->TDR = byte`, `huart->Instance->RDR`. Where the address is
 * not known before it runs, accesses at the offsets of such registers look whether they are one.
 */
export function watchRegisters(binaryen: typeof Binaryen, module: Module, watched: WatchedRegisters): void {
  const base = addressOf(binaryen, module, watched.window);
  if (base !== undefined) new AccessWriter(binaryen, module, { ...watched, base }).write();
}

/** The address that a module exports as a constant; undefined when it does not. */
function addressOf(binaryen: typeof Binaryen, module: Module, name: string): number | undefined {
  for (let index = 0; index < module.getNumExports(); index++) {
    const exported = binaryen.getExportInfo(module.getExportByIndex(index));
    if (exported.name !== name || exported.kind !== binaryen.ExternalGlobal) continue;
    const { init, type } = binaryen.getGlobalInfo(module.getGlobal(exported.value));
    const isKnown = type === binaryen.i32 && init && binaryen.getExpressionId(init) === binaryen.ConstId;
    return isKnown ? infoOf(binaryen, init).value : undefined;
  }
  return undefined;
}

class AccessWriter {
  readonly #binaryen: typeof Binaryen & Setters;
  readonly #module: Module;
  readonly #watched: WatchedRegisters & { base: number };
  /** The functions that make accesses, by their names, as far as they are needed. */
  readonly #made = new Set<string>();

  constructor(binaryen: typeof Binaryen, module: Module, watched: WatchedRegisters & { base: number }) {
    this.#binaryen = binaryen as typeof Binaryen & Setters;
    this.#module = module;
    this.#watched = watched;
  }

  write(): void {
    const b = this.#binaryen;
    for (const [name, body] of bodiesOf(b, this.#module)) {
      this.#visit(body, (other) => b.Function.setBody(this.#module.getFunction(name), other));
    }
  }

  /** @param replace puts another one in the place of an expression that has no value; such ones stand in blocks, branches and loops */
  #visit(expression: Expression, replace: ((other: Expression) => void) | undefined): void {
    const b = this.#binaryen;
    const id = b.getExpressionId(expression);
    for (const [index, child] of childrenOf(b, expression).entries()) {
      this.#visit(child, this.#replacer(expression, id, index));
    }
    if (id === b.LoadId) this.#load(expression);
    if (id === b.StoreId && replace) this.#store(expression, replace);
  }

  #replacer(parent: Expression, id: number, index: number): ((other: Expression) => void) | undefined {
    const b = this.#binaryen;
    if (id === b.BlockId) return (other) => b.Block.setChildAt(parent, index, other);
    if (id === b.LoopId) return (other) => b.Loop.setBody(parent, other);
    if (id === b.IfId && index === 1) return (other) => b.If.setIfTrue(parent, other);
    if (id === b.IfId && index === 2) return (other) => b.If.setIfFalse(parent, other);
    return undefined;
  }

  #load(load: Expression): void {
    const b = this.#binaryen;
    const { ptr, offset } = infoOf(b, load);
    if (b.getExpressionType(load) !== b.i32 || !this.#isWatched(ptr, offset, this.#watched.reads)) return;
    b.Load.setPtr(load, this.#module.call(this.#reader(), [ptr, this.#module.i32.const(offset)], b.i32));
  }

  #store(store: Expression, replace: (other: Expression) => void): void {
    const b = this.#binaryen;
    const { ptr, offset, value, bytes } = infoOf(b, store);
    if (b.getExpressionType(value) !== b.i32 || !this.#isWatched(ptr, offset, this.#watched.writes)) return;
    replace(this.#module.call(this.#writer(bytes), [ptr, this.#module.i32.const(offset), value], b.none));
  }

  #isWatched(ptr: Expression, offset: number, places: WatchedRegisters['reads']): boolean {
    const b = this.#binaryen;
    if (b.getExpressionId(ptr) !== b.ConstId) return places.offsets.includes(offset);
    return places.addresses.includes(infoOf(b, ptr).value + offset - this.#watched.base);
  }

  /** (pointer, offset) -> pointer, after it has told the host. */
  #reader(): string {
    const { i32, createType } = this.#binaryen;
    return this.#function('mv_register_reader', createType([i32, i32]), i32, () => {
      const { block, local } = this.#module;
      return block(null as unknown as string, [this.#tell(REGISTER_READ), local.get(0, i32)], i32);
    });
  }

  /** (pointer, offset, value): stores it, and tells the host. */
  #writer(bytes: 1 | 2 | 4): string {
    const { i32, none, createType } = this.#binaryen;
    return this.#function(`mv_register_writer${bytes}`, createType([i32, i32, i32]), none, () => {
      const { block, local, i32: ops } = this.#module;
      const store = { 1: ops.store8, 2: ops.store16, 4: ops.store }[bytes];
      const stored = store(0, 1, this.#address(), local.get(2, i32));
      return block(null as unknown as string, [stored, this.#tell(REGISTER_WRITTEN)], none);
    });
  }

  #address(): Expression {
    const { local, i32: ops } = this.#module;
    return ops.add(local.get(0, this.#binaryen.i32), local.get(1, this.#binaryen.i32));
  }

  /** Calls the host with the address, if it is one of a register. */
  #tell(host: string): Expression {
    const { i32: ops } = this.#module;
    const { base, size } = this.#watched;
    const place = ops.sub(this.#address(), ops.const(base));
    return this.#module.if(
      ops.lt_u(place, ops.const(size)),
      this.#module.call(this.#import(host), [this.#address()], this.#binaryen.none),
    );
  }

  #import(name: string): string {
    const { i32, none } = this.#binaryen;
    if (!this.#made.has(name)) this.#module.addFunctionImport(name, 'env', name, i32, none);
    this.#made.add(name);
    return name;
  }

  #function(name: string, params: Binaryen.Type, result: Binaryen.Type, body: () => Expression): string {
    if (!this.#made.has(name)) this.#module.addFunction(name, params, result, [], body());
    this.#made.add(name);
    return name;
  }
}
