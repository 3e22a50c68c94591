import { KnownError } from '@tierseal/errors'
import type { Site } from '@tierseal/tiers'
import type { RenderedFile } from '../render.ts'
import type { SiteFolder } from './folder.ts'
import { lockName, lockOf, lockText } from './lock.ts'
import { type FileState, siteState } from './state.ts'
import { endInterrupted, writeTogether } from './write.ts'

export interface GenerateOptions {
  /** Overwrite and delete files that were edited by hand or were there before. */
  readonly force: boolean
  /** Delete what was generated and is no longer asked for. */
  readonly prune: boolean
  /** Say what would be done, and do nothing. */
  readonly dryRun: boolean
}

/** What a generate did, or would do. */
export interface Generated {
  readonly written: readonly FileState[]
  readonly pruned: readonly FileState[]
  /** Orphans that stay because nobody said --prune. */
  readonly orphans: readonly FileState[]
  readonly unchanged: number
}

/**
 * Writes what tiers.yaml asks for, all of it or nothing.
 *
 * @throws KnownError GENERATED_EDITED where it would overwrite or delete what it did not write,
 *   FILES_NOT_WRITTEN
 */
export function generateSite(
  site: Site,
  files: readonly RenderedFile[],
  folder: SiteFolder,
  options: GenerateOptions,
): Generated {
  if (!options.dryRun) recover(site, folder)
  const states = siteState(site, files, folder)
  const plan = planOf(states, options)
  refuseObstacles(folder, [...plan.written, ...plan.pruned])
  if (!options.force) refuseOverwrite([...plan.written, ...plan.pruned])
  if (!options.dryRun) apply(site, files, folder, plan)
  return plan
}

function recover(site: Site, folder: SiteFolder): void {
  const leftOvers = folder.leftOvers(site).map((path) => folder.absolute(path))
  endInterrupted(leftOvers, folder.absolute(lockName))
}

function planOf(states: readonly FileState[], { prune }: GenerateOptions): Generated {
  const written = states.filter(({ state, wanted }) => state !== 'clean' && wanted !== undefined)
  const orphans = states.filter(
    ({ state, wanted }) => state !== 'unmanaged' && wanted === undefined,
  )
  return {
    written,
    pruned: prune ? orphans : [],
    orphans: prune ? [] : orphans,
    unchanged: states.filter(({ state }) => state === 'clean').length,
  }
}

function apply(
  site: Site,
  files: readonly RenderedFile[],
  folder: SiteFolder,
  { written, pruned, orphans }: Generated,
): void {
  const before = folder.readLock()
  const lock = lockOf(site.generator, folder.owner, files)
  const orphaned = orphans.map(({ path }) => [path, before.files.get(path) ?? ''] as const)
  const text = lockText({ ...lock, files: new Map([...lock.files, ...orphaned]) })
  const changes = written.flatMap(({ path, wanted }) =>
    wanted === undefined ? [] : [{ path: folder.absolute(path), text: wanted.text }],
  )
  const removals = pruned.map(({ path }) => folder.absolute(path))
  if (changes.length + removals.length === 0 && folder.read(lockName) === text) return
  // Last: where it is in place, everything is.
  writeTogether([...changes, { path: folder.absolute(lockName), text }], removals)
}

function refuseObstacles(folder: SiteFolder, states: readonly FileState[]): void {
  const look = folder.look()
  const obstacles = new Set(states.flatMap(({ path }) => look.obstacle(path) ?? []))
  if (obstacles.size === 0) return
  const list = [...obstacles].map((path) => `  ${path}`).join('\n')
  throw new KnownError('FILES_NOT_WRITTEN', `these stand where generated files belong:\n${list}`, {
    hint: 'A folder must be a plain folder, and a file no folder: move them away. Nothing was written.',
  })
}

function refuseOverwrite(states: readonly FileState[]): void {
  const foreign = states.filter(({ state }) => state === 'hand-edited' || state === 'unmanaged')
  if (foreign.length === 0) return
  const list = foreign.map(({ path, state }) => `  ${path} (${state})`).join('\n')
  throw new KnownError('GENERATED_EDITED', `these files are not as tierseal wrote them:\n${list}`, {
    hint: 'Move what is needed to tiers.yaml or a template, then run tierseal generate --force. Nothing was written.',
  })
}
