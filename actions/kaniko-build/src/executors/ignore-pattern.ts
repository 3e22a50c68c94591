/** A step of a pattern: one character, any number of them, or folders that may be left out. */
type Step =
  | { readonly kind: 'one'; readonly is: (character: string) => boolean }
  | { readonly kind: 'in-name' | 'anywhere' | 'may-skip' | 'folders' }

/** Whether the pattern matches a path or a folder above it. */
export type Matcher = (path: string) => boolean

/**
 * Reads a pattern as Go's filepath.Match has it, and ** for any number of folders. It is walked and not made into a regular
 * expression of its own: `**a**a**a` would take one longer than a build.
 *
 * @throws SyntaxError where a range in brackets is none
 */
export function ignoreMatcher(pattern: string): Matcher {
  const tokens = pattern.matchAll(/\*\*\/|\*\*|\*|\?|\[[^\]]*\]|\\(.)|./gsu)
  const steps = [...tokens].flatMap(([token, escaped]) => stepsOf(token, escaped))
  return (path) => {
    let places = reached(steps, [0])
    for (const character of path) {
      if (character === '/' && places.has(steps.length)) return true
      places = reached(
        steps,
        [...places].flatMap((at) => next(steps[at], at, character)),
      )
    }
    return places.has(steps.length)
  }
}

function stepsOf(token: string, escaped: string | undefined): readonly Step[] {
  if (token === '**/') return [{ kind: 'may-skip' }, { kind: 'folders' }]
  if (token === '**') return [{ kind: 'anywhere' }]
  if (token === '*') return [{ kind: 'in-name' }]
  if (token === '?') return [{ kind: 'one', is: (character) => character !== '/' }]
  if (token.startsWith('[') && token.length > 1) {
    const range = new RegExp(`^${token.replace(/^\[!/, '[^')}$`)
    return [{ kind: 'one', is: (character) => range.test(character) }]
  }
  const literal = escaped ?? token
  return [{ kind: 'one', is: (character) => character === literal }]
}

function next(step: Step | undefined, at: number, character: string): readonly number[] {
  if (step === undefined || step.kind === 'may-skip') return []
  if (step.kind === 'one') return step.is(character) ? [at + 1] : []
  if (step.kind === 'in-name') return character === '/' ? [] : [at]
  return step.kind === 'folders' && character === '/' ? [at, at + 1] : [at]
}

/** These places, and those behind what need not be there. */
function reached(steps: readonly Step[], from: readonly number[]): ReadonlySet<number> {
  const places = new Set(from)
  for (const at of places) {
    const kind = steps[at]?.kind
    if (kind === 'in-name' || kind === 'anywhere' || kind === 'may-skip') places.add(at + 1)
    if (kind === 'may-skip') places.add(at + 2)
  }
  return places
}
