import { type Generated, generateSite } from '@tierseal/generator'
import { configHelp, configOption, type SiteContext } from '../site-context.ts'
import { openTarget, targetHelp, targetOptions } from '../target.ts'
import type { Outcome, Verb } from '../verb.ts'
import { warningsOf } from '../warnings.ts'

export const generate: Verb = {
  name: 'generate',
  words: '',
  summary: 'write every file that tiers.yaml asks for',
  help: `Renders every file of the site in memory, checks all of them, and writes those that differ; where
anything is wrong nothing is written. A file that was edited by hand is not overwritten without
--force. Files that are no longer asked for are listed, and deleted with --prune. With --service NAME
--into DIR the same goes for the files of one service in a checkout of its repository.`,
  options: {
    ...configOption,
    force: { type: 'boolean' },
    prune: { type: 'boolean' },
    'dry-run': { type: 'boolean' },
    ...targetOptions,
  },
  optionHelp: {
    ...configHelp,
    force: 'overwrite and delete files that were edited by hand or were there before',
    prune: 'delete generated files that are no longer asked for',
    'dry-run': 'say what would be written, and write nothing',
    ...targetHelp,
  },
  run: (invocation) => {
    const target = openTarget(invocation)
    const dryRun = invocation.flag('dry-run')
    const done = generateSite(target.loaded.site, target.files, target.place, {
      force: invocation.flag('force'),
      prune: invocation.flag('prune'),
      dryRun,
    })
    return describe(done, target, dryRun)
  },
}

function describe(done: Generated, context: SiteContext, dryRun: boolean): Outcome {
  const paths = (states: Generated['written']) => states.map(({ path }) => path)
  const would = dryRun ? 'would be ' : ''
  const warnings = warningsOf(context)
  const lines = [
    ...paths(done.written).map((path) => `${would}written  ${path}`),
    ...paths(done.pruned).map((path) => `${would}deleted  ${path}`),
    ...paths(done.orphans).map(
      (path) => `orphan   ${path} (no longer asked for; --prune deletes it)`,
    ),
    ...warnings.lines,
    `${done.written.length} ${would}written, ${done.pruned.length} ${would}deleted, ${done.unchanged} as they should be`,
  ]
  const json = {
    written: paths(done.written),
    deleted: paths(done.pruned),
    orphans: paths(done.orphans),
    unchanged: done.unchanged,
    ...warnings.json,
    dryRun,
  }
  return { exitCode: 0, json, text: lines.join('\n') }
}
