import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { type ActionInput, readActionDefinition } from '../action-definition.ts'
import type { ActionName } from '../bundle.ts'
import { root } from '../root.ts'
import { table } from './table.ts'

/** The README of an action with its tables made anew from action.yml. */
export function fillReadme(name: ActionName): string {
  const { inputs, outputs } = readActionDefinition(name)
  const readme = readFileSync(join(root, 'actions', name, 'README.md'), 'utf8')
  const withInputs = replaceSection(
    name,
    readme,
    'inputs',
    table(['input', 'meaning', 'default'], inputRows(inputs)),
  )
  const outputRows = Object.entries(outputs ?? {}).map(([key, { description }]) => [
    `\`${key}\``,
    description,
  ])
  return replaceSection(name, withInputs, 'outputs', table(['output', 'meaning'], outputRows))
}

function inputRows(inputs: Readonly<Record<string, ActionInput>>): readonly (readonly string[])[] {
  return Object.entries(inputs).map(([key, input]) => [
    `\`${key}\``,
    input.description,
    input.required === true ? '**required**' : defaultOf(input),
  ])
}

function defaultOf({ default: value }: ActionInput): string {
  return value === undefined || value === '' ? '' : `\`${value}\``
}

function replaceSection(name: string, text: string, section: string, body: string): string {
  const pattern = new RegExp(`(<!-- ${section} -->\n)[\\s\\S]*?(<!-- end -->)`)
  if (!pattern.test(text))
    throw new Error(`actions/${name}/README.md has no <!-- ${section} --> … <!-- end -->`)
  return text.replace(pattern, (_, open: string, end: string) => `${open}${body}\n${end}`)
}
