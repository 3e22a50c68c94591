import { type FileState, isLeftOver, siteState } from '@tierseal/generator'
import { ownersOf, ownerTexts } from '../owners.ts'
import { configHelp, configOption } from '../site-context.ts'
import { openTarget, type Target, targetHelp, targetOptions } from '../target.ts'
import type { Verb } from '../verb.ts'
import { warningsOf } from '../warnings.ts'

const meaning: Readonly<Record<FileState['state'], string>> = {
  clean: 'as it should be',
  stale: 'tiers.yaml, a template or a key has changed since: tierseal generate',
  'hand-edited': 'changed by hand; tierseal diff shows the lines',
  missing: 'not there: tierseal generate',
  orphan: 'no longer asked for: tierseal generate --prune',
  unmanaged: 'stands where only generated files belong, and was not generated',
}

const unwanted = 'changed by hand, and no longer asked for: tierseal generate --prune --force'
const noFile = 'not a plain file: a link or a folder stands there'
const interrupted = 'left by a run that was interrupted: tierseal generate puts it in order'
const strangeWorkflow = `${meaning.unmanaged}; ownWorkflows of the service can name it`

export const check: Verb = {
  name: 'check',
  words: '',
  summary: 'tell whether every generated file is as it should be',
  help: `Renders the site in memory and compares it with what is on disk; needs no network. Ends with 0 where
everything is clean, 1 where something is not, 2 where it could not be told. The lock file
tells a file that somebody edited from one that tiers.yaml has moved away from. With --service NAME
--into DIR it looks at a checkout of the repository of a service, whose workflows are what runs.`,
  options: { ...configOption, ...targetOptions },
  optionHelp: { ...configHelp, ...targetHelp },
  run: (invocation) => {
    const target = openTarget(invocation)
    const { loaded, files, place } = target
    const warnings = warningsOf(target)
    const states = siteState(loaded.site, files, place)
    const drifted = states.filter(({ state }) => state !== 'clean')
    const owners = new Map(drifted.map((file) => [file, editedOwners(target, file)]))
    const lines = drifted.map(
      (file) =>
        `${file.state.padEnd(11)} ${file.path}: ${explain(file)}${listed(owners.get(file) ?? [])}`,
    )
    const summary =
      drifted.length === 0
        ? `${states.length} files, all clean`
        : `${drifted.length} of ${states.length} files are not as they should be`
    return {
      exitCode: drifted.length === 0 ? 0 : 1,
      json: {
        clean: drifted.length === 0,
        ...warnings.json,
        files: states.map((file) => {
          const { path, state } = file
          const by = owners.get(file) ?? []
          return by.length === 0 ? { path, state } : { path, state, owners: by }
        }),
      },
      text: [...lines, ...warnings.lines, summary].join('\n'),
    }
  },
}

function editedOwners({ loaded, files }: Target, file: FileState): readonly string[] {
  if (file.state !== 'hand-edited' || file.found === undefined) return []
  return ownerTexts(loaded.source.file, ownersOf(loaded, files, file))
}

const most = 4

function listed(owners: readonly string[]): string {
  if (owners.length === 0) return ''
  const rest = owners.length > most ? ` and ${owners.length - most} more` : ''
  return `; owned by ${owners.slice(0, most).join(', ')}${rest}`
}

function explain({ path, state, found, wanted }: FileState): string {
  if (isLeftOver(path)) return interrupted
  if (found === undefined && state !== 'missing') return noFile
  if (state === 'hand-edited' && wanted === undefined) return unwanted
  if (state === 'unmanaged' && path.includes('/workflows/')) return strangeWorkflow
  if (
    wanted !== undefined &&
    found?.replaceAll('\r\n', '\n') === wanted.text &&
    state !== 'clean'
  ) {
    return 'only its line ends differ (CRLF): let git keep LF for it'
  }
  return meaning[state]
}
