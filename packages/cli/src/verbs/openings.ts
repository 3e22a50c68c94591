import { readFileSync, statSync } from 'node:fs'
import { resolve } from 'node:path'
import { KnownError, messageOf } from '@tierseal/errors'
import { type Openings, openingCommands, readOpenings } from '@tierseal/generator'
import { configHelp, configOption, openSite } from '../site-context.ts'
import type { Verb } from '../verb.ts'

export const openings: Verb = {
  name: 'openings',
  words: 'FILE',
  summary: 'find ways around the policies that tiers.yaml does not list',
  help: `Compares what a cluster has with policy.exceptions and policy.excludedNamespaces, and finds what weakens
Kyverno as a whole. FILE holds the output of
${openingCommands.map((command) => `  ${command}`).join('\n')}
with --- between them, or of any of them; what was not in it is named. Ends with 1 where something is not listed,
and with 2 where FILE is something else or has none of it: a refusal by the cluster is no proof that nothing is open.`,
  options: configOption,
  optionHelp: configHelp,
  run: (invocation) => {
    const { loaded } = openSite(invocation)
    const [word, ...others] = invocation.words
    const file = resolve(invocation.terminal.folder, word ?? '')
    const isFile = statSync(file, { throwIfNoEntry: false })?.isDirectory() === false
    if (word === undefined || others.length > 0 || !isFile) {
      throw new KnownError('USAGE', 'openings needs one FILE that is there, and no folder', {
        hint: 'See: tierseal openings --help',
      })
    }
    const found = readOpenings(loaded.site, readText(file))
    return { exitCode: found.openings.length === 0 ? 0 : 1, json: found, text: textOf(found) }
  },
}

function readText(file: string): string {
  try {
    return readFileSync(file, 'utf8')
  } catch (error) {
    throw new KnownError('FILE_UNREADABLE', messageOf(error), { cause: error })
  }
}

function textOf({ openings, notSeen }: Openings): string {
  const found = openings.length === 0 ? ['nothing that tiers.yaml does not list'] : openings
  const lacking = notSeen.map((name) => `not looked at, as FILE does not have it: ${name}`)
  return [...found, ...lacking].join('\n')
}
