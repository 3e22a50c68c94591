import { resolve } from 'node:path'
import { KnownError } from '@tierseal/errors'
import {
  type Generated,
  generateSite,
  type RenderedFile,
  SiteFolder,
  writeTogether,
} from '@tierseal/generator'
import {
  configHelp,
  configOption,
  openSite,
  renderContext,
  type SiteContext,
} from '../site-context.ts'
import type { Invocation, Outcome, Verb } from '../verb.ts'

export const generate: Verb = {
  name: 'generate',
  words: '',
  summary: 'write every file that tiers.yaml asks for',
  help: `Renders every file of the site in memory, checks all of them, and writes those that differ; where
anything is wrong nothing is written. A file that was edited by hand is not overwritten without
--force. Files that are no longer asked for are listed, and deleted with --prune.`,
  options: {
    ...configOption,
    force: { type: 'boolean' },
    prune: { type: 'boolean' },
    'dry-run': { type: 'boolean' },
    service: { type: 'string' },
    into: { type: 'string' },
  },
  optionHelp: {
    ...configHelp,
    force: 'overwrite files that were edited by hand or were there before',
    prune: 'delete generated files that are no longer asked for',
    'dry-run': 'say what would be written, and write nothing',
    service: 'NAME  with --into: only the files of this service',
    into: 'DIR  write them into a checkout of the service instead of this site',
  },
  run: (invocation) => {
    const context = openSite(invocation)
    const files = renderContext(context)
    const into = invocation.text('into')
    if (into !== undefined) return writeInto(invocation, context, files, into)
    const done = generateSite(context.loaded.site, files, context.folder, {
      force: invocation.flag('force'),
      prune: invocation.flag('prune'),
      dryRun: invocation.flag('dry-run'),
    })
    return describe(done, context, invocation.flag('dry-run'))
  },
}

function describe(done: Generated, context: SiteContext, dryRun: boolean): Outcome {
  const paths = (states: Generated['written']) => states.map(({ path }) => path)
  const would = dryRun ? 'would be ' : ''
  const keyless = keylessTiers(context)
  const lines = [
    ...paths(done.written).map((path) => `${would}written  ${path}`),
    ...paths(done.pruned).map((path) => `${would}deleted  ${path}`),
    ...paths(done.orphans).map(
      (path) => `orphan   ${path} (no longer asked for; --prune deletes it)`,
    ),
    ...keyless.map(
      (tier) =>
        `warning: tier ${tier} has no key on record, so its images are all refused: tierseal keys init ${tier}`,
    ),
    `${done.written.length} ${would}written, ${done.pruned.length} ${would}deleted, ${done.unchanged} as they should be`,
  ]
  const json = {
    written: paths(done.written),
    deleted: paths(done.pruned),
    orphans: paths(done.orphans),
    unchanged: done.unchanged,
    tiersWithoutKey: keyless,
    dryRun,
  }
  return { exitCode: 0, json, text: lines.join('\n') }
}

function keylessTiers({ loaded, folder }: SiteContext): readonly string[] {
  const names = loaded.site.tiers.map(({ name }) => name)
  return names.filter((name) => folder.read(`keys/${name}.pem`) === undefined)
}

function writeInto(
  { text, terminal }: Invocation,
  { loaded }: SiteContext,
  files: readonly RenderedFile[],
  into: string,
): Outcome {
  const name = text('service')
  const service = loaded.site.services.find((candidate) => candidate.name === name)
  if (service === undefined) {
    const names = loaded.site.services.map((candidate) => candidate.name).join(', ')
    throw new KnownError('USAGE', '--into needs --service NAME', {
      hint: `The services: ${names}.`,
    })
  }
  const target = new SiteFolder(resolve(terminal.folder, into))
  const prefix = service.directory === '.' ? '' : `${service.directory}/`
  const chosen = files
    .filter(({ scope }) => scope.service?.name === name)
    .filter(({ path }) => path.startsWith(prefix) && !path.startsWith('platform/'))
    .map((file) => ({ path: target.absolute(file.path.slice(prefix.length)), text: file.text }))
  writeTogether(chosen)
  const paths = chosen.map(({ path }) => path)
  return {
    exitCode: 0,
    json: { written: paths },
    text: paths.map((path) => `written  ${path}`).join('\n'),
  }
}
