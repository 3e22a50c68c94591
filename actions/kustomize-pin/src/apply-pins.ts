import { parseYaml } from '@tierseal/yaml-edit'
import type { RecordedPin } from './commit-message.ts'
import type { EntryQuery } from './kustomization/choose-entry.ts'
import { pinEntry, readVersion, type Version } from './kustomization/pin-entry.ts'
import type { Pin } from './pin-line.ts'
import type { Kustomize } from './proof/kustomize.ts'
import type { PinnedImage } from './proof/pinned-image.ts'
import { provePins } from './proof/prove.ts'
import type { KustomizationFile, Snapshot } from './repository/snapshot.ts'

/** What applying pins to a snapshot came to. */
export interface AppliedPins {
  /** New texts of the files that changed; empty where every pin was there already. */
  readonly files: ReadonlyMap<KustomizationFile, string>
  /** The pins that changed something. */
  readonly changed: readonly RecordedPin[]
}

/** A pin against what its overlay says now. */
export interface FoundPin {
  readonly pin: Pin
  readonly current: Version
}

/**
 * Finds the images entry of every pin and what it says now.
 *
 * @throws KnownError of the PIN_ENTRY_ and YAML_ codes
 */
export function findPins(snapshot: Snapshot, pins: readonly Pin[]): readonly FoundPin[] {
  return pins.map((pin) => {
    const { path } = snapshot.kustomizationOf(pin.overlay)
    const current = readVersion(parseYaml(path, snapshot.read(path)), queryOf(path, pin))
    return { pin, current }
  })
}

/**
 * Edits the overlays in the snapshot and proves the pins by building every overlay before and after.
 *
 * @throws KnownError of the PIN_ENTRY_, YAML_ and PIN_BUILD_ codes, and those of the proof
 */
export async function applyPins(
  snapshot: Snapshot,
  pins: readonly Pin[],
  kustomize: Kustomize,
): Promise<AppliedPins> {
  const overlays = [...new Set(pins.map(({ overlay }) => overlay))]
  const before = await renderAll(snapshot, overlays, kustomize)
  const edited = overlays.map((overlay) => editOverlay(snapshot, overlay, pins))
  const changed = edited.flatMap((overlay) => overlay.changed)
  const after = changed.length === 0 ? before : await renderAll(snapshot, overlays, kustomize)
  for (const [index, { overlay, images }] of edited.entries()) {
    const others = edited.flatMap((other) => (other.overlay === overlay ? [] : other.images))
    const renderings = { before: before[index] ?? '', after: after[index] ?? '' }
    provePins({ overlay, ...renderings, pins: images, others })
  }
  const files = edited.flatMap(({ file, text }) =>
    text === undefined ? [] : [[file, text] as const],
  )
  return { files: new Map(files), changed }
}

interface EditedOverlay {
  readonly overlay: string
  readonly file: KustomizationFile
  readonly text: string | undefined
  readonly images: readonly PinnedImage[]
  readonly changed: readonly RecordedPin[]
}

function editOverlay(snapshot: Snapshot, overlay: string, all: readonly Pin[]): EditedOverlay {
  const file = snapshot.kustomizationOf(overlay)
  const original = parseYaml(file.path, snapshot.read(file.path))
  const images: PinnedImage[] = []
  const changed: RecordedPin[] = []
  let source = original
  for (const pin of all.filter((candidate) => candidate.overlay === overlay)) {
    const { image, digest } = pin
    const { among, previous, source: result } = pinEntry(source, queryOf(file.path, pin), digest)
    images.push({ name: image, digest, among, edited: result !== source })
    if (result !== source) changed.push({ overlay, image, digest, previous })
    source = result
  }
  const text = source === original ? undefined : source.text
  if (text !== undefined) snapshot.write(file.path, text)
  return { overlay, file, text, images, changed }
}

function queryOf(file: string, { image, entry }: Pin): EntryQuery {
  return { file, image, entry }
}

async function renderAll(
  snapshot: Snapshot,
  overlays: readonly string[],
  kustomize: Kustomize,
): Promise<readonly string[]> {
  const renderings: string[] = []
  for (const overlay of overlays) {
    renderings.push(await kustomize.build(snapshot.directory, overlay))
  }
  return renderings
}
