import { rmSync } from 'node:fs'
import { KnownError } from '@tierseal/errors'
import type { Site } from '@tierseal/tiers'
import type { RenderedFile } from '../render.ts'
import type { SiteFolder } from './folder.ts'
import { lockName, lockOf, lockText } from './lock.ts'
import { type FileState, siteState } from './state.ts'
import { writeTogether } from './write.ts'

export interface GenerateOptions {
  /** Overwrite files that were edited by hand or were there before. */
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
 * @throws KnownError GENERATED_EDITED where it would overwrite what it did not write
 */
export function generateSite(
  site: Site,
  files: readonly RenderedFile[],
  folder: SiteFolder,
  options: GenerateOptions,
): Generated {
  const states = siteState(site, files, folder)
  const of = (...kinds: readonly string[]) => states.filter(({ state }) => kinds.includes(state))
  const foreign = states.filter(
    ({ state, wanted }) =>
      state === 'hand-edited' || (state === 'unmanaged' && wanted !== undefined),
  )
  if (!options.force) refuseOverwrite(foreign)
  const written = [...of('stale', 'missing'), ...foreign]
  const orphans = of('orphan')
  const pruned = options.prune ? orphans : []
  const kept = options.prune ? [] : orphans
  if (!options.dryRun) apply(site, files, folder, written, pruned, kept)
  return { written, pruned, orphans: kept, unchanged: of('clean').length }
}

function apply(
  site: Site,
  files: readonly RenderedFile[],
  folder: SiteFolder,
  written: readonly FileState[],
  pruned: readonly FileState[],
  kept: readonly FileState[],
): void {
  const lock = lockOf(site.generator, files)
  const before = folder.readLock()
  const orphaned = kept.map(({ path }) => [path, before.files.get(path) ?? ''] as const)
  const text = lockText({ ...lock, files: new Map([...lock.files, ...orphaned]) })
  const changes = written.flatMap(({ path, wanted }) =>
    wanted === undefined ? [] : [{ path: folder.absolute(path), text: wanted.text }],
  )
  const lockChanged = folder.read(lockName) !== text
  writeTogether([...changes, ...(lockChanged ? [{ path: folder.absolute(lockName), text }] : [])])
  for (const { path } of pruned) rmSync(folder.absolute(path), { force: true })
}

function refuseOverwrite(foreign: readonly FileState[]): void {
  if (foreign.length === 0) return
  const list = foreign.map(({ path, state }) => `  ${path} (${state})`).join('\n')
  throw new KnownError('GENERATED_EDITED', `these files were not written by tierseal:\n${list}`, {
    hint: 'Move what is needed to tiers.yaml or a template, then run tierseal generate --force. Nothing was written.',
  })
}
