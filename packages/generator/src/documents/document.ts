import type { Fill } from '../plan/planned-file.ts'
import type { Scope } from '../scope.ts'

/** A generated file that is no filled template. */
export interface Document {
  /** The source file that makes it, or the template that it repeats. */
  readonly source: (scope: Scope) => string
  readonly text: (scope: Scope, fill: Fill) => string
  /** The keys of tiers.yaml that one of its lines comes from, as bindings name them. */
  readonly from: (line: string, scope: Scope) => readonly string[]
}
