import type { Site } from '@tierseal/tiers'
import type { RenderedFile } from '../render.ts'
import type { SiteFolder } from './folder.ts'
import { hashOf, type Lock } from './lock.ts'

/**
 * How a file on disk stands to the file that tiers.yaml asks for:
 * - `stale`: as it was generated, and tiers.yaml, a template or a key has changed since;
 * - `hand-edited`: not as it was generated;
 * - `missing`: asked for and not there;
 * - `orphan`: was generated, is still there, and is no longer asked for;
 * - `unmanaged`: stands in a generated place, and was never generated.
 */
export type State = 'clean' | 'stale' | 'hand-edited' | 'missing' | 'orphan' | 'unmanaged'

export interface FileState {
  readonly path: string
  readonly state: State
  /** What is on disk. */
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
  const wanted = new Set(files.map(({ path }) => path))
  return [
    ...files.map((file) => wantedState(file, folder, lock)),
    ...[...lock.files.keys()]
      .filter((path) => !wanted.has(path))
      .flatMap((path) => orphanState(path, folder)),
    ...folder
      .generatedPlaces(site)
      .filter((path) => !wanted.has(path) && !lock.files.has(path))
      .map(
        (path): FileState => ({
          path,
          state: 'unmanaged',
          found: folder.read(path),
          wanted: undefined,
        }),
      ),
  ]
}

function wantedState(wanted: RenderedFile, folder: SiteFolder, lock: Lock): FileState {
  const { path, text } = wanted
  const found = folder.read(path)
  if (found === undefined) return { path, state: 'missing', found, wanted }
  if (found === text) return { path, state: 'clean', found, wanted }
  const written = lock.files.get(path)
  if (written === undefined) return { path, state: 'unmanaged', found, wanted }
  const state = hashOf(found) === written ? 'stale' : 'hand-edited'
  return { path, state, found, wanted }
}

function orphanState(path: string, folder: SiteFolder): readonly FileState[] {
  const found = folder.read(path)
  return found === undefined ? [] : [{ path, state: 'orphan', found, wanted: undefined }]
}
