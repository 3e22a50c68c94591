import { relative, resolve, sep } from 'node:path'
import { KnownError } from '@tierseal/errors'
import { linesOfKey, type Origin, originOfLine } from '@tierseal/generator'
import { keyText } from '../key-text.ts'
import {
  configHelp,
  configOption,
  openSite,
  renderContext,
  type SiteContext,
} from '../site-context.ts'
import type { Invocation, Verb } from '../verb.ts'

export const origin: Verb = {
  name: 'origin',
  words: '<FILE:LINE | KEY>',
  summary: 'tell what a generated line comes from, or what a key ends up in',
  help: `With FILE:LINE: the line of the template and the keys of tiers.yaml that own that line.
With a key: every generated line that is made from it. A key is named as in tiers.yaml
(registry.host, tiers[0].vault.role), or by tier (dev.vault.role), or by service (payments.context); the
record of a public key by its file (keys/dev.pem).`,
  options: configOption,
  optionHelp: configHelp,
  run: (invocation) => {
    const context = openSite(invocation)
    const origins = find(invocation, context)
    return {
      exitCode: 0,
      json: { origins },
      text: origins.map((found) => originText(context.loaded.source.file, found)).join('\n'),
    }
  },
}

function find({ words, terminal }: Invocation, context: SiteContext): readonly Origin[] {
  const [asked, ...others] = words
  if (asked === undefined || others.length > 0) {
    throw new KnownError('USAGE', 'origin takes one FILE:LINE or one key', {
      hint: 'See: tierseal origin --help',
    })
  }
  const files = renderContext(context)
  const match = /^(.+):(\d+)$/.exec(asked)
  if (match === null) return linesOfKey(context.loaded, files, asked)
  const path = sitePath(
    terminal.folder,
    context,
    files.map((file) => file.path),
    match[1] ?? '',
  )
  return [originOfLine(context.loaded, files, path, Number(match[2]))]
}

// A person names a file from where they stand, or from the folder of tiers.yaml.
function sitePath(
  folder: string,
  context: SiteContext,
  known: readonly string[],
  given: string,
): string {
  const fromHere = relative(context.folder.path, resolve(folder, given)).split(sep).join('/')
  return known.includes(fromHere) ? fromHere : given
}

function originText(file: string, { path, line, text, template, keys }: Origin): string {
  return [
    `${path}:${line}: ${text.trim()}`,
    `  template: ${template}`,
    `  keys: ${keys.length === 0 ? 'none; the text stands there' : keys.map((key) => keyText(file, key)).join(', ')}`,
  ].join('\n')
}
