import { KnownError } from '@tierseal/errors'
import { isMatch } from '../kustomization/name-pattern.ts'
import { nearest } from '../kustomization/nearest.ts'
import { exactForm, nameOf, type PinnedImage } from './pinned-image.ts'
import { type Leaf, leavesOf, splitDocuments } from './rendering.ts'

/** An overlay as it renders without and with its pins. */
export interface Renderings {
  readonly overlay: string
  readonly before: string
  readonly after: string
  /** The pins of this overlay. */
  readonly pins: readonly PinnedImage[]
  /** Those of the other overlays in the same commit, of which this one may be made. */
  readonly others: readonly PinnedImage[]
}

const containerPath = /(?:^|\.)(?:containers|initContainers|ephemeralContainers)\.\d+\.image$/

/**
 * Proves that pins do what they say: the two renderings differ in image strings of the pinned images only,
 * each such string is now exactly `name@digest`, none is left in another form, and every pin reaches at
 * least one container. Kustomize itself reports none of the ways in which a pin can miss (facts: gitops.md A2).
 *
 * @throws KnownError PIN_BUILD_DIFFERS, PIN_ENTRY_PATTERN, PIN_NOT_EVERYWHERE, PIN_CHANGED_NOTHING
 */
export function provePins({ overlay, before, after, pins, others }: Renderings): void {
  const from = splitDocuments(before)
  const to = splitDocuments(after)
  if (from.length !== to.length) {
    throw differs(overlay, `it renders ${to.length} documents instead of ${from.length}`)
  }
  for (const [index, document] of to.entries()) {
    const old = from[index] ?? ''
    if (old !== document) demandOnlyImages(overlay, old, document, [...pins, ...others])
  }
  const images = to.flatMap((document) => imagesOf(overlay, document, pins))
  for (const pin of pins) demandEverywhere(overlay, images, pin, after)
  for (const pin of pins.filter(({ among }) => among !== undefined)) {
    const old = from.flatMap((document) => imagesOf(overlay, document, pins))
    if (pin.edited && !isReached(pin, old, images)) throw nothing(overlay, pin, after)
  }
}

function demandOnlyImages(
  overlay: string,
  before: string,
  after: string,
  pins: readonly PinnedImage[],
): void {
  const from = leavesOf(overlay, before)
  const to = leavesOf(overlay, after)
  if (from.length !== to.length) throw differs(overlay, 'a document gained or lost values')
  for (const [index, leaf] of to.entries()) {
    const old = from[index]
    if (old === undefined || old.path !== leaf.path) throw differs(overlay, `${leaf.path} is new`)
    if (old.value !== leaf.value) demandPinned(overlay, old, leaf, pins)
  }
}

function demandPinned(
  overlay: string,
  old: Leaf,
  { path, value }: Leaf,
  pins: readonly PinnedImage[],
): void {
  const name = nameOf(String(old.value))
  if (pins.some((pin) => pin.name === name && exactForm(pin) === value)) return
  const taken = pins.find(({ digest }) => String(value).endsWith(`@${digest}`))
  if (taken === undefined || taken.name === name || !isMatch(taken, name)) {
    throw differs(overlay, `${path} turns from ${shown(old.value)} into ${shown(value)}`)
  }
  throw new KnownError(
    'PIN_ENTRY_PATTERN',
    `in ${overlay}, the entry for ${taken.name} also takes up ${shown(old.value)} (${path})`,
    {
      hint: 'Kustomize reads the name as a pattern: give the entry a name that matches one image.',
    },
  )
}

function imagesOf(
  overlay: string,
  document: string,
  pins: readonly PinnedImage[],
): readonly Leaf[] {
  if (!pins.some(({ name }) => document.includes(name))) return []
  return leavesOf(overlay, document).filter(({ path }) => /(?:^|\.)image$/.test(path))
}

function demandEverywhere(
  overlay: string,
  images: readonly Leaf[],
  pin: PinnedImage,
  rendering: string,
): void {
  const own = images.filter(({ path, value }) => isOwn(pin, path, String(value)))
  const loose = own.find(({ value }) => value !== exactForm(pin))
  if (loose !== undefined) {
    throw new KnownError(
      'PIN_NOT_EVERYWHERE',
      `in ${overlay}, ${loose.path} would still be ${shown(loose.value)}, not ${exactForm(pin)}`,
      { hint: 'Kustomize transforms images in containers only; pin this place in the base.' },
    )
  }
  if (!own.some(({ path }) => containerPath.test(path))) throw nothing(overlay, pin, rendering)
}

// Where another entry leads to the same image, its containers show that image too, in the digest of that entry.
function isOwn(pin: PinnedImage, path: string, image: string): boolean {
  const name = nameOf(image)
  if (pin.among === undefined) return name === pin.name
  if (name === pin.among) return true
  return name === pin.name && (image === exactForm(pin) || !containerPath.test(path))
}

// The container of another entry may have had that digest before.
function isReached(pin: PinnedImage, old: readonly Leaf[], images: readonly Leaf[]): boolean {
  const isNew = (leaf: Leaf, index: number): boolean => leaf.value !== old[index]?.value
  return images.some((leaf, index) => leaf.value === exactForm(pin) && isNew(leaf, index))
}

function nothing(overlay: string, { name }: PinnedImage, rendering: string): KnownError {
  const images = splitDocuments(rendering)
    .flatMap((document) => leavesOf(overlay, document))
    .filter(({ path }) => containerPath.test(path))
    .map(({ value }) => nameOf(String(value)))
  const used = [...new Set(images)].filter((image) => namePattern.test(image))
  const listed = used.length === 0 ? 'it renders no container' : `containers use ${used.join(', ')}`
  const near = nearest(name, used)
  return new KnownError(
    'PIN_CHANGED_NOTHING',
    `${overlay} has no container of ${name}: ${listed}`,
    {
      hint: `The images entry matches nothing.${near === undefined ? '' : ` Did you mean ${near}?`}`,
    },
  )
}

function differs(overlay: string, how: string): KnownError {
  return new KnownError('PIN_BUILD_DIFFERS', `the pin would change more of ${overlay}: ${how}`, {
    hint: 'See what else depends on the images entry; nothing was pushed.',
  })
}

// What an overlay renders may hold what Kustomize read elsewhere: only what is plainly an image is told.
const namePattern = /^[a-z0-9][a-z0-9._:/-]*$/
const versionPattern = /^(?::(?:v?[0-9][0-9.]{0,15}|latest))?(?:@sha256:[0-9a-f]{64})?$/

function shown(value: unknown): string {
  if (value === undefined) return 'nothing'
  const text = String(value)
  const name = nameOf(text)
  if (!namePattern.test(name)) return 'a value that is no image'
  if (versionPattern.test(text.slice(name.length))) return JSON.stringify(text)
  return `${JSON.stringify(name)} with another tag or digest`
}
