import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { parse } from 'yaml'
import type { ActionName } from './bundle.ts'
import { root } from './root.ts'

export interface ActionInput {
  readonly description: string
  readonly required?: boolean
  readonly default?: string
}

/** The parts of an action.yml that the documents and the release read. */
export interface ActionDefinition {
  readonly name: string
  readonly description: string
  readonly inputs: Readonly<Record<string, ActionInput>>
  readonly outputs: Readonly<Record<string, { readonly description: string }>>
}

/** Reads actions/<name>/action.yml, the single source of an action's contract. */
export function readActionDefinition(name: ActionName): ActionDefinition {
  return parse(readFileSync(join(root, 'actions', name, 'action.yml'), 'utf8'))
}
