import * as core from '@actions/core'
import { KnownError, messageOf } from '@tierseal/errors'
import { maskSecret } from './masking.ts'

/** How one input is read. `read` throws where the value is wrong. */
export interface InputSpec<T> {
  readonly name: string
  readonly read: (text: string) => T
  /** Whether white space at the ends belongs to the value; else it is gone before `read` sees it. */
  readonly untrimmed?: true
}

/** The typed values of a set of input specs. */
export type InputValues<S> = {
  readonly [K in keyof S]: S[K] extends InputSpec<infer T> ? T : never
}

/**
 * A value that several inputs make together, or a rule that they keep. It is read only where each of them
 * could be read by itself; its problems are reported together with theirs, and name the inputs themselves.
 */
export interface JointSpec<V, T> {
  readonly of: readonly (keyof V)[]
  readonly read: (values: V) => T
}

/** The typed values of a set of joint specs. */
type JointValues<J> = {
  readonly [K in keyof J]: J[K] extends { readonly read: (...values: never) => infer T } ? T : never
}

/** Reads an input of which every text is a value. */
export function asText(text: string): string {
  return text
}

/** An input that must not be empty: no runner enforces `required: true` (facts: runner.md 1). */
export function required<T>(name: string, parse: (text: string) => T): InputSpec<T> {
  return { name, read: (text) => parse(demand(name, text)) }
}

/** An input whose absence means undefined. */
export function optional<T>(name: string, parse: (text: string) => T): InputSpec<T | undefined> {
  return { name, read: (text) => (text === '' ? undefined : parse(text)) }
}

/** An optional input that is taken to the letter: white space around it is not forgiven. */
export function exact<T>(name: string, parse: (text: string) => T): InputSpec<T | undefined> {
  return { ...optional(name, parse), untrimmed: true }
}

/**
 * An optional input that is masked in every form before anything else happens to it. It is taken to the
 * letter; a line break around a secret of one line is refused, since that is how it was stored, not meant.
 */
export function secret(name: string): InputSpec<string | undefined> {
  return {
    name,
    untrimmed: true,
    read: (text) => {
      maskSecret(text)
      refuseLineBreak(text)
      return text === '' ? undefined : text
    },
  }
}

function refuseLineBreak(text: string): void {
  const bare = text.replaceAll(/^[\r\n]+|[\r\n]+$/g, '')
  if (bare === text || /[\r\n]/.test(bare)) return
  throw new KnownError('INPUT_INVALID', 'there is a line break before or after it', {
    hint: 'Store it again without one: printf %s instead of echo.',
  })
}

/** The non-empty trimmed lines of an input, each parsed. */
export function list<T>(name: string, parse: (line: string) => T): InputSpec<readonly T[]> {
  return { name, read: (text) => parseEach(trimmedLines(text), parse) }
}

/**
 * Parses every entry of an input, so that each bad one is reported.
 *
 * @throws what a bad entry threw; AggregateError where there are several
 */
export function parseEach<E, T>(entries: readonly E[], parse: (entry: E) => T): readonly T[] {
  const errors: unknown[] = []
  const values = entries.flatMap((entry) => {
    try {
      return [parse(entry)]
    } catch (error) {
      errors.push(error)
      return []
    }
  })
  if (errors.length > 1) throw new AggregateError(errors, errors.map(messageOf).join('\n'))
  if (errors.length === 1) throw errors[0]
  return values
}

/** The non-empty trimmed lines of an input. */
export function lines(name: string): InputSpec<readonly string[]> {
  return list(name, asText)
}

/** `true` or `false`, nothing else; absent is false. */
export function flag(name: string): InputSpec<boolean> {
  return {
    name,
    read: (text) => {
      if (text === 'true') return true
      if (text === 'false' || text === '') return false
      throw new Error(`${JSON.stringify(text)} is neither true nor false`)
    },
  }
}

/**
 * A whole number of seconds from 1 on, given as milliseconds.
 *
 * @param most the largest number that is accepted
 */
export function seconds(name: string, most = 999_999): InputSpec<number> {
  return required(name, (text) => {
    if (/^[1-9][0-9]{0,5}$/.test(text) && Number(text) <= most) return Number(text) * 1000
    throw new Error(`${JSON.stringify(text)} is not a whole number of seconds from 1 to ${most}`)
  })
}

/**
 * Reads every input of an action and reports every problem at once, those of single inputs first.
 *
 * @param joints what several inputs make together
 * @throws KnownError INPUT_INVALID; a single problem keeps its own code (such as DIGEST_INVALID)
 */
export function readInputs<
  S extends Readonly<Record<string, InputSpec<unknown>>>,
  J extends Readonly<Record<string, JointSpec<InputValues<S>, unknown>>> = Record<never, never>,
>(specs: S, joints?: J): InputValues<S> & JointValues<J> {
  const values: Record<string, unknown> = {}
  const problems: Problem[] = []
  const attempt = (key: string, name: string | undefined, read: () => unknown): void => {
    try {
      values[key] = read()
    } catch (error) {
      const errors: readonly unknown[] = error instanceof AggregateError ? error.errors : [error]
      problems.push(...errors.map((each) => ({ name, error: each })))
    }
  }
  for (const [key, { name, read, untrimmed }] of Object.entries(specs)) {
    attempt(key, name, () => read(core.getInput(name, { trimWhitespace: untrimmed !== true })))
  }
  const single = values as InputValues<S>
  for (const [key, { of, read }] of Object.entries(joints ?? {})) {
    if (of.every((part) => part in values)) attempt(key, undefined, () => read(single))
  }
  if (problems.length > 0) throw summarise(problems)
  return values as InputValues<S> & JointValues<J>
}

function demand(name: string, text: string): string {
  if (text !== '') return text
  throw new KnownError('INPUT_MISSING', 'it is required and empty', {
    hint: `Set ${name}; if it comes from an earlier step, look at that step first.`,
  })
}

function trimmedLines(text: string): readonly string[] {
  return text
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '')
}

interface Problem {
  /** The input; undefined for a problem of several, which names them itself. */
  readonly name: string | undefined
  readonly error: unknown
}

function summarise(problems: readonly Problem[]): KnownError {
  const message = problems
    .map(({ name, error }) => (name === undefined ? '' : `input ${name}: `) + messageOf(error))
    .join('\n')
  const [first] = problems
  const only = problems.length === 1 && first?.error instanceof KnownError ? first.error : undefined
  if (only !== undefined) {
    return new KnownError(only.code, message, { ...hintOf(only), cause: only })
  }
  const hints = problems.flatMap(({ error }) =>
    error instanceof KnownError ? (error.hint ?? []) : [],
  )
  return new KnownError('INPUT_INVALID', message, { hint: [...new Set(hints)].join('\n') })
}

function hintOf(error: KnownError): { hint?: string } {
  return error.hint === undefined ? {} : { hint: error.hint }
}
