import { KERNEL_CONTEXTS } from "../../../model/kernel-contexts.ts";
import { contains, LOCK, PLACE, SCOPE, TASK, type Context } from "../../../model/contexts.ts";
import type { Kernel } from "../../../model/kernels/kernel.ts";
import { contextNamed } from "../../requests/contexts.ts";
import type { Environment } from "../../analysis/environment.ts";
import { closedContext } from "../../symbolic/space.ts";
import { isUnknown, type Test } from "./subject.ts";

/** The request's context is the named one, or implies it. Not known: there is no such context. */
export function testOfContext(environment: Environment, kernel: Kernel, name: string): Test {
  const wanted = contextNamed(environment, name);
  if (wanted === null) return isUnknown;
  const visible = { ...wanted, places: wanted.places & ~PLACE.preemption_disabled };
  return contextTest(kernel, visible, runsInTask(environment, name));
}

const contextTest =
  (kernel: Kernel, wanted: Context, inTask: boolean): Test =>
  ({ context }) => {
    const closed = closedContext(kernel, context);
    return contains(closed, wanted) && (!inTask || (closed.places & INTERRUPT) === 0);
  };

const INTERRUPT = PLACE.nmi | PLACE.hardirq | PLACE.softirq;

/** The context is `process`, or was declared `in process`: an interrupt is then not in it, whatever its other bits. */
export function runsInTask(environment: Environment, name: string): boolean {
  const seen = new Set<string>();
  const names = [name];
  for (let next = names.pop(); next !== undefined; next = names.pop()) {
    if (seen.has(next)) continue;
    seen.add(next);
    const declaration = environment.lookup("context", next)?.declaration;
    if (declaration === undefined) {
      if (next === "process" || KERNEL_CONTEXTS.get(next)?.always.includes("process") === true) return true;
    } else if (declaration.kind === "context") {
      if (declaration.like !== null) names.push(declaration.like.text);
      names.push(
        ...declaration.items.flatMap((item) =>
          item.kind === "in" && item.context !== null ? [item.context.text] : [],
        ),
      );
    }
  }
  return false;
}

/** A context in words, the implied parts left out: `softirq`, `spinlock`, `process`. */
export function contextText(context: Context): string {
  const { places } = context;
  const implied =
    (places & PLACE.nmi ? PLACE.hardirq | PLACE.irqs_off | PLACE.preempt_off : 0) |
    (places & PLACE.hardirq ? PLACE.irqs_off | PLACE.preempt_off : 0) |
    (places & PLACE.irqs_off ? PLACE.preempt_off : 0) |
    (places & PLACE.softirq ? PLACE.bh_off | PLACE.preempt_off : 0) |
    (places & PLACE.bh_off ? PLACE.preempt_off : 0) |
    (context.locks & (LOCK.spinlock | LOCK.raw_spinlock) ? PLACE.preempt_off : 0) |
    PLACE.preemption_disabled;
  const names = [
    ...namesOf(PLACE, places & ~implied),
    ...namesOf(LOCK, context.locks),
    ...namesOf(SCOPE, context.scopes).map((scope) => `scope ${scope}`),
    ...context.designed.map((scope) => `scope ${scope}`),
    ...namesOf(TASK, context.task),
  ];
  return names.length === 0 ? "process" : names.join(" with ");
}

function namesOf(bits: Readonly<Record<string, number>>, value: number): readonly string[] {
  return Object.entries(bits).flatMap(([name, bit]) => ((value & bit) !== 0 ? [name] : []));
}
