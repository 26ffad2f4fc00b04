import type Binaryen from 'binaryen';

export type Module = Binaryen.Module;
export type Expression = Binaryen.ExpressionRef;

/** The functions of a module that are not imported, by their names. */
export function bodiesOf(binaryen: typeof Binaryen, module: Module): Map<string, Expression> {
  const bodies = new Map<string, Expression>();
  for (let index = 0; index < module.getNumFunctions(); index++) {
    const { name, body } = binaryen.getFunctionInfo(module.getFunctionByIndex(index));
    if (body) bodies.set(name, body);
  }
  return bodies;
}

// biome-ignore lint/suspicious/noExplicitAny: its members follow from the kind of the expression
export function infoOf(binaryen: typeof Binaryen, expression: Expression): any {
  return binaryen.getExpressionInfo(expression);
}

/** What an expression consists of, in the order in which it is done. */
export function childrenOf(b: typeof Binaryen, expression: Expression): Expression[] {
  const id = b.getExpressionId(expression);
  const of = (...names: string[]): Expression[] => {
    const info = infoOf(b, expression);
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
