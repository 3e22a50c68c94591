import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { parse } from 'yaml'
import { root } from '../root.ts'

/** What a runner reads from an action.yml. */
export interface ActionDefinition {
  readonly directory: string
  readonly main: string
  readonly post: string | undefined
  /** Every input with its default, empty where it has none. */
  readonly defaults: Readonly<Record<string, string>>
  readonly outputs: readonly string[]
}

/** Reads actions/<name>/action.yml, or the action.yml of another folder. */
export function readActionDefinition(name: string): ActionDefinition {
  const directory = name.startsWith('/') ? name : join(root, 'actions', name)
  const document: unknown = parse(readFileSync(join(directory, 'action.yml'), 'utf8'))
  const runs = fieldsOf(fieldsOf(document)['runs'])
  const inputs = Object.entries(fieldsOf(fieldsOf(document)['inputs'] ?? {}))
  const { main, post } = runs
  if (typeof main !== 'string') throw new Error(`${directory}/action.yml names no runs.main`)
  return {
    directory,
    main: join(directory, main),
    post: typeof post === 'string' ? join(directory, post) : undefined,
    defaults: Object.fromEntries(
      inputs.map(([input, fields]) => [input, String(fieldsOf(fields ?? {})['default'] ?? '')]),
    ),
    outputs: Object.keys(fieldsOf(fieldsOf(document)['outputs'] ?? {})),
  }
}

function fieldsOf(value: unknown): Readonly<Record<string, unknown>> {
  if (typeof value === 'object' && value !== null) return { ...value }
  throw new Error(`expected a mapping in action.yml, not ${JSON.stringify(value)}`)
}
