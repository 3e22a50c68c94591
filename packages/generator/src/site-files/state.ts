import type { Site } from '@tierseal/tiers'
import type { RenderedFile } from '../render.ts'
import type { SiteFolder } from './folder.ts'
import { hashOf, type Lock } from './lock.ts'
import type { Look } from './look.ts'

/**
 * How a file on disk stands to the file that tiers.yaml asks for:
 * - `stale`: as it was generated, and tiers.yaml, a template or a key has changed since;
 * - `hand-edited`: not as it was generated, be it asked for or not, or no plain file any more;
 * - `missing`: asked for and not there;
 * - `orphan`: as it was generated, and no longer asked for;
 * - `unmanaged`: stands in a generated place, and was never generated.
 */
export type State = 'clean' | 'stale' | 'hand-edited' | 'missing' | 'orphan' | 'unmanaged'

export interface FileState {
  readonly path: string
  readonly state: State
  /** What is on disk; undefined where there is nothing, or no plain file. */
  readonly found: string | undefined
  /** What should be. */
  readonly wanted: RenderedFile | undefined
}

/** The state of every file that was generated, is asked for, or is in the way. */
export function siteState(
  site: Site,
  files: readonly RenderedFile[],
  folder: SiteFolder,
): readonly FileState[] {
  const lock = folder.readLock()
  const look = folder.look()
  const wanted = new Set(files.map(({ path }) => path))
  const orphans = [...lock.files].filter(([path]) => !wanted.has(path))
  const strangers = folder
    .generatedPlaces(site)
    .filter((path) => !wanted.has(path) && !lock.files.has(path))
  return [
    ...files.map((file) => wantedState(file, folder, look, lock)),
    ...orphans.flatMap(([path, hash]) => orphanState(path, hash, folder, look)),
    ...strangers.map(
      (path): FileState => ({
        ...{ path, state: 'unmanaged', wanted: undefined },
        found: folder.read(path, look),
      }),
    ),
  ]
}

function wantedState(wanted: RenderedFile, folder: SiteFolder, look: Look, lock: Lock): FileState {
  const { path, text } = wanted
  if (look.kindOf(path) === 'nothing') return { path, state: 'missing', found: undefined, wanted }
  const found = folder.read(path, look)
  if (found === text) return { path, state: 'clean', found, wanted }
  const written = lock.files.get(path)
  if (written === undefined) return { path, state: 'unmanaged', found, wanted }
  return { path, state: isAs(found, written) ? 'stale' : 'hand-edited', found, wanted }
}

function orphanState(
  path: string,
  hash: string,
  folder: SiteFolder,
  look: Look,
): readonly FileState[] {
  if (look.kindOf(path) === 'nothing') return []
  const found = folder.read(path, look)
  const state = isAs(found, hash) ? 'orphan' : 'hand-edited'
  return [{ path, state, found, wanted: undefined }]
}

function isAs(found: string | undefined, hash: string): boolean {
  return found !== undefined && hashOf(found) === hash
}
