import { KnownError } from '@tierseal/errors'
import type { Digest } from '@tierseal/oci'
import type { Version } from './kustomization/pin-entry.ts'

/** One pin as a commit records it. */
export interface RecordedPin {
  readonly overlay: string
  readonly image: string
  readonly digest: Digest
  /** What stood there before. */
  readonly previous: Version
}

/** Where the pinned images come from; every value may be absent. */
export interface Origin {
  readonly sourceRepository: string | undefined
  /** The commit that the images were built from. */
  readonly sourceRevision: string | undefined
  readonly runUrl: string | undefined
  /** Why an older image is put back on purpose. */
  readonly rollbackReason: string | undefined
}

/**
 * The message of a pin: a subject for people, trailers for machines (`git interpret-trailers` reads them).
 * Each pin is a group that starts with Image; the order guard finds the origin of a digest by these.
 */
export function commitMessage(pins: readonly RecordedPin[], origin: Origin): string {
  const trailers = [
    ...pins.flatMap(({ overlay, image, digest, previous }) => [
      ['Image', image],
      ['Image-Digest', digest],
      ['Previous-Digest', previous.digest ?? 'none'],
      ['Previous-Tag', previous.tag],
      ['Overlay', overlay],
    ]),
    ['Source-Repository', origin.sourceRepository],
    ['Source-Revision', origin.sourceRevision],
    ['Run-Url', origin.runUrl],
    ['Rollback-Reason', origin.rollbackReason],
  ]
  const lines = trailers.flatMap(([key, value]) =>
    value === undefined ? [] : [`${key}: ${value}`],
  )
  return `${subjectOf(pins)}\n\n${lines.join('\n')}\n`
}

/** The first line of the message, also the title of a pull request. */
export function subjectOf(pins: readonly RecordedPin[]): string {
  const [first] = pins
  if (first === undefined) throw new Error('a commit without pins')
  const overlays = new Set(pins.map(({ overlay }) => overlay))
  if (pins.length > 1) return `deploy: ${pins.length} pins in ${overlays.size} overlays`
  return `deploy(${first.overlay}): ${first.image}@${first.digest.slice(0, 'sha256:'.length + 12)}`
}

/**
 * A value for a commit: one line of plain text. A line break in it could forge a trailer.
 *
 * @throws KnownError PIN_MESSAGE_INVALID
 */
export function parseMessageValue(text: string): string {
  const found = [...text].find(isUnprintable)
  if (found === undefined) return text
  const code = found.codePointAt(0)?.toString(16).padStart(4, '0')
  throw new KnownError('PIN_MESSAGE_INVALID', `${JSON.stringify(text)} holds U+${code}`, {
    hint: 'Give one line without control characters.',
  })
}

/**
 * The name or address of a person: `<`, `>` and a line break would end a field of the commit's header.
 *
 * @throws KnownError PIN_MESSAGE_INVALID
 */
export function parsePersonPart(text: string): string {
  if (!/[<>]/.test(text)) return parseMessageValue(text)
  throw new KnownError('PIN_MESSAGE_INVALID', `${JSON.stringify(text)} holds < or >`)
}

// C0, DEL, C1, and the line, paragraph and direction controls that make text look like another one.
function isUnprintable(character: string): boolean {
  return /[\p{Cc}\u2028\u2029\u202a-\u202e\u2066-\u2069]/u.test(character)
}
