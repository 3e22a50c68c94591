import { existsSync, readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { KnownError } from '@tierseal/errors'
import { findOpenings, openingCommands } from '@tierseal/generator'
import { configHelp, configOption, openSite } from '../site-context.ts'
import type { Verb } from '../verb.ts'

export const openings: Verb = {
  name: 'openings',
  words: 'FILE',
  summary: 'find ways around the policies that tiers.yaml does not list',
  help: `Compares what a cluster has with policy.exceptions and policy.excludedNamespaces, and finds what weakens
Kyverno as a whole. FILE holds the output of
${openingCommands.map((command) => `  ${command}`).join('\n')}
with --- between them, or of any of them. Ends with 1 where something is not listed, and with 2 where FILE is
something else: a refusal by the cluster is no proof that nothing is open.`,
  options: configOption,
  optionHelp: configHelp,
  run: (invocation) => {
    const { loaded } = openSite(invocation)
    const file = resolve(invocation.terminal.folder, invocation.words[0] ?? '')
    if (invocation.words.length !== 1 || !existsSync(file)) {
      throw new KnownError('USAGE', 'openings needs one FILE that is there', {
        hint: 'See: tierseal openings --help',
      })
    }
    const found = findOpenings(loaded.site, readFileSync(file, 'utf8'))
    const text = found.length === 0 ? 'nothing that tiers.yaml does not list' : found.join('\n')
    return { exitCode: found.length === 0 ? 0 : 1, json: { openings: found }, text }
  },
}
