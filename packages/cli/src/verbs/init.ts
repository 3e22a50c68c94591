import { existsSync, readFileSync, realpathSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { KnownError } from '@tierseal/errors'
import { writeTogether } from '@tierseal/generator'
import { jsonSchemaText } from '@tierseal/tiers'
import { configPath } from '../site-context.ts'
import { demandGoodAnswers } from '../starting-answers.ts'
import { startingAnswers, startingQuestions } from '../starting-questions.ts'
import { startingSite } from '../starting-site.ts'
import type { Verb } from '../verb.ts'

const questionOptions = startingQuestions.map(({ option, asks, fallback }) => ({
  option,
  help: `VALUE  ${asks} (default: ${fallback})`,
}))

export const init: Verb = {
  name: 'init',
  words: '',
  summary: 'start a site',
  help: `Writes a tiers.yaml with comments that say what to change, its schema for the editor, and a
.gitattributes that marks generated files. Overwrites nothing. In a terminal it asks what an option does
not answer, Enter takes the default; the rest is in tiers.yaml.`,
  options: {
    config: { type: 'string', short: 'c' },
    yes: { type: 'boolean', short: 'y' },
    ...Object.fromEntries(questionOptions.map(({ option }) => [option, { type: 'string' }])),
  },
  optionHelp: {
    config: 'FILE  where tiers.yaml goes, or its folder (default: here)',
    yes: 'ask nothing: take the defaults',
    ...Object.fromEntries(questionOptions.map(({ option, help }) => [option, help])),
  },
  run: async (invocation) => {
    const { text, terminal } = invocation
    const config = configPath(resolve(terminal.folder, text('config') ?? '.'))
    const folder = dirname(config)
    refuseCheckout(folder)
    refuseExisting(config)
    const answers = await startingAnswers(invocation)
    demandGoodAnswers(answers)
    const site = startingSite(answers)
    const files = [
      { path: config, text: site },
      { path: join(folder, 'tiers.schema.json'), text: jsonSchemaText() },
      { path: join(folder, '.gitattributes'), text: attributes },
    ]
    const written = files.filter(({ path }) => !existsSync(path))
    const kept = files.filter((file) => !written.includes(file))
    writeTogether(written)
    return {
      exitCode: 0,
      json: { written: written.map(({ path }) => path), kept: kept.map(({ path }) => path) },
      text: [
        ...written.map(({ path }) => `written  ${path}`),
        ...kept.flatMap(keptText),
        ...['', ...next],
      ].join('\n'),
    }
  },
}

// Of a schema that was there generate tells; line ends nobody would look at.
function keptText({ path, text }: { readonly path: string; readonly text: string }) {
  const there = new Set(readFileSync(path, 'utf8').split(/\r?\n/))
  const lacking = text.split('\n').filter((line) => /^[^#]/.test(line) && !there.has(line))
  return path.endsWith('.gitattributes') && lacking.length > 0
    ? [`kept     ${path}; add to it:`, ...lacking.map((line) => `  ${line}`)]
    : [`kept     ${path}`]
}

const attributes = `# Folded in reviews and left alone by formatters; LF everywhere, as tierseal check compares bytes.
platform/** linguist-generated text eol=lf
**/.github/actionlint.yaml linguist-generated text eol=lf
**/workflows/deploy-*.yaml linguist-generated text eol=lf
tierseal.lock.json linguist-generated text eol=lf
tiers.schema.json linguist-generated text eol=lf
`

const next = [
  'Next:',
  '  1. put the addresses of your site into tiers.yaml; an editor explains each key by tiers.schema.json',
  '  2. tierseal update-actions      resolve the releases of the actions to commits',
  '  3. tierseal keys init TIER      for each tier: make its key, straight into Vault',
  '  4. tierseal generate            write every file; commit them',
  '  5. tierseal vault apply         write the policies and roles to Vault',
  '  6. tierseal check               in CI: tells whether a file was edited or is stale',
  'Between them: mirrors, secrets, what to apply in which order: docs/first-site.md of tierseal',
]

const checkout = fileURLToPath(new URL('../../../../', import.meta.url))

// A site there would be in nobody's review, and in the way of a release.
function refuseCheckout(folder: string): void {
  if (!existsSync(folder) || realpathSync(folder) !== realpathSync(checkout)) return
  throw new KnownError('USAGE', `${folder} is the checkout of tierseal, and no place for a site`, {
    hint: 'Make a folder for the site, a repository of its own, and run init there.',
  })
}

function refuseExisting(config: string): void {
  if (!existsSync(config)) return
  throw new KnownError('SITE_EXISTS', `${config} is there already`, {
    hint: 'Edit it, or start another site with --config FOLDER.',
  })
}
