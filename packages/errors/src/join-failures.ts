import { KnownError } from './known-error.ts'
import { messageOf } from './message-of.ts'

/** A thing of several that failed. */
export interface Failure {
  readonly name: string
  readonly error: unknown
}

/**
 * One error to throw for several failures: the only one as it is, else one with the code and the hints of
 * all. What is no KnownError is a bug and goes before all others.
 */
export function joinFailures(failures: readonly Failure[], headline: string): unknown {
  const errors = failures.map(({ error }) => error)
  const bug = errors.find((error) => !(error instanceof KnownError))
  if (bug !== undefined || failures.length < 2) return bug ?? errors[0]
  const known = errors.filter((error) => error instanceof KnownError)
  const [first] = known
  if (first === undefined) return undefined
  const list = failures.map(({ name, error }) => `${name}: ${textOf(error, first.code)}`)
  const hint = [...new Set(known.flatMap((error) => error.hint ?? []))].join('\n')
  return new KnownError(first.code, `${headline}\n${list.join('\n')}`, { hint, cause: first })
}

// The code of the first stands before the whole message.
function textOf(error: unknown, code: string): string {
  const own = error instanceof KnownError && error.code !== code ? `${error.code}: ` : ''
  return `${own}${messageOf(error)}`
}
