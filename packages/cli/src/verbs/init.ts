import { existsSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { KnownError } from '@tierseal/errors'
import { writeTogether } from '@tierseal/generator'
import { jsonSchemaText, loadSite } from '@tierseal/tiers'
import { configPath } from '../site-context.ts'
import { startingSite } from '../starting-site.ts'
import type { Invocation, Verb } from '../verb.ts'

export const init: Verb = {
  name: 'init',
  words: '',
  summary: 'start a site',
  help: `Writes a tiers.yaml with comments that say what to change, its schema for the editor, and a
.gitattributes that marks generated files. Overwrites nothing. What it asks, it asks by options, each
with a default; the rest is in tiers.yaml.`,
  options: {
    config: { type: 'string', short: 'c' },
    forge: { type: 'string' },
    tiers: { type: 'string' },
    services: { type: 'string' },
  },
  optionHelp: {
    config: 'FILE   where tiers.yaml goes, or its folder (default: here)',
    forge: 'NAME    gitea or github (default: gitea)',
    tiers: 'LIST    names, the most protected last (default: dev,staging,prod)',
    services: 'LIST names (default: example)',
  },
  run: (invocation) => {
    const { text, terminal } = invocation
    const config = configPath(resolve(terminal.folder, text('config') ?? '.'))
    const folder = dirname(config)
    const site = startingSite({
      forge: text('forge') ?? 'gitea',
      tiers: listOf(invocation, 'tiers', 'dev,staging,prod'),
      services: listOf(invocation, 'services', 'example'),
    })
    loadSite('tiers.yaml', site)
    const files = [
      { path: config, text: site },
      { path: join(folder, 'tiers.schema.json'), text: jsonSchemaText() },
      { path: join(folder, '.gitattributes'), text: attributes },
    ]
    refuseExisting(config)
    const written = files.filter(({ path }) => !existsSync(path))
    writeTogether(written)
    return {
      exitCode: 0,
      json: { written: written.map(({ path }) => path) },
      text: [...written.map(({ path }) => `written  ${path}`), '', ...next].join('\n'),
    }
  },
}

const attributes = `# Folded in reviews and left alone by formatters; LF everywhere, as tierseal check compares bytes.
platform/** linguist-generated text eol=lf
**/workflows/deploy-*.yaml linguist-generated text eol=lf
tierseal.lock.json linguist-generated text eol=lf
`

const next = [
  'Next:',
  '  1. put the addresses of your site into tiers.yaml; an editor explains each key by tiers.schema.json',
  '  2. tierseal update-actions      resolve the releases of the actions to commits',
  '  3. tierseal keys init TIER      for each tier: make its key, straight into Vault',
  '  4. tierseal generate            write every file; commit them',
  '  5. tierseal vault apply         write the policies and roles to Vault',
  '  6. tierseal check               in CI: tells whether a file was edited or is stale',
]

function listOf({ text }: Invocation, name: string, fallback: string): readonly string[] {
  return (text(name) ?? fallback)
    .split(',')
    .map((word) => word.trim())
    .filter((word) => word !== '')
}

function refuseExisting(config: string): void {
  if (!existsSync(config)) return
  throw new KnownError('SITE_EXISTS', `${config} is there already`, {
    hint: 'Edit it, or start another site with --config FOLDER.',
  })
}
