import type { RenderedFile } from '../render.ts'
import { isWorkflow, lineOf, type Violation } from './violation.ts'

const forbidden: readonly (readonly [pattern: RegExp, what: string])[] = [
  [/^ *-? *"?workflow_dispatch"?:?/gm, 'can be started by hand, with inputs'],
  [/^ *-? *"?workflow_call"?:?/gm, 'can be called by another workflow, with inputs'],
  [/^ *-? *"?pull_request(?:_target)?"?:?/gm, 'runs for a pull request'],
  [/^ *inputs:/gm, 'takes inputs'],
  [/^ *matrix:/gm, 'has a matrix'],
  [/^ *secrets: *"?inherit/gm, 'hands on every secret'],
  [/^ *(?:- )?run:/gm, 'runs a script of its own'],
]

// One look for a word that each of them has tells of most files that none of them applies.
const suspicious = /workflow_|pull_request|inputs:|matrix:|inherit|run:/

/** A workflow is for one tier by its text alone: nothing that is given at run time chooses. */
export function workflowShape({ path, text }: RenderedFile): readonly Violation[] {
  if (!isWorkflow(path)) return []
  const broken = (message: string, offset?: number): Violation => ({
    invariant: 'a workflow is fixed to one tier and holds no more than it needs',
    ...{ path, message, line: offset === undefined ? undefined : lineOf(text, offset) },
  })
  return [
    ...(suspicious.test(text) ? forbidden : []).flatMap(([pattern, what]) =>
      [...text.matchAll(pattern)].map((match) => broken(what, match.index)),
    ),
    ...(/^permissions: /m.test(text) ? [] : [broken('states no permissions at its top')]),
    ...(/^concurrency:/m.test(text) ? [] : [broken('states no concurrency')]),
    ...(/^ {2}cancel-in-progress: false$/m.test(text)
      ? []
      : [broken('lets a newer commit cut a chain between sign and pin')]),
    ...(/^ {10}persist-credentials: false$/m.test(text)
      ? []
      : [broken('leaves the token of the checkout on disk')]),
  ]
}
