import { parseEach } from '@tierseal/action-kit'
import { KnownError, messageOf } from '@tierseal/errors'
import { type Digest, parseDigestReference } from '@tierseal/oci'
import { parseDirectory } from './repository/directory-path.ts'

/** One thing to pin: an image by digest in one overlay. */
export interface Pin {
  /** Directory in the GitOps repository, relative to its root. */
  readonly overlay: string
  /** `registry/path`, without tag and digest. */
  readonly image: string
  readonly digest: Digest
  /** Name of the images entry, where several lead to the image. */
  readonly entry: string | undefined
}

const hint =
  'Expected: overlay-directory image@sha256:<digest>, or overlay-directory entry=image@sha256:<digest>.'

/**
 * Reads `overlay-directory [entry=]image@sha256:<digest>`.
 *
 * @throws KnownError PIN_LINE_INVALID, REFERENCE_IS_TAG, REFERENCE_INVALID, DIGEST_*, PIN_PATH_REFUSED
 */
export function parsePinLine(line: string): Pin {
  const words = line.split(/\s+/)
  const [overlay = '', target = ''] = words
  if (words.length !== 2) {
    const flaw = words.length < 2 ? 'it names no image' : 'it has more than two words'
    throw new KnownError('PIN_LINE_INVALID', `${JSON.stringify(line)} is not a pin: ${flaw}`, {
      hint,
    })
  }
  const equals = target.indexOf('=')
  const entry = equals === -1 ? undefined : target.slice(0, equals)
  if (entry === '') {
    throw new KnownError('PIN_LINE_INVALID', `in ${JSON.stringify(line)} the entry is empty`, {
      hint,
    })
  }
  return { overlay: parseDirectory(overlay), entry, ...parseImage(line, target.slice(equals + 1)) }
}

function parseImage(line: string, text: string): Pick<Pin, 'image' | 'digest'> {
  try {
    const { name, tag, digest } = parseDigestReference(text)
    if (tag === undefined) return { image: name, digest }
  } catch (error) {
    if (!(error instanceof KnownError)) throw error
    throw new KnownError(error.code, `in the pin ${JSON.stringify(line)}: ${messageOf(error)}`, {
      hint: error.hint ?? hint,
      cause: error,
    })
  }
  throw new KnownError('REFERENCE_IS_TAG', `in the pin ${JSON.stringify(line)}: it carries a tag`, {
    hint: 'Give the digest alone; a tag beside it could say something else.',
  })
}

/**
 * Refuses two pins of the same entry, of which the second would undo the first.
 *
 * @throws KnownError PIN_LINE_INVALID; AggregateError where there are several
 */
export function demandDistinct(pins: readonly Pin[]): void {
  const repeated = pins.filter((pin, index) =>
    pins.slice(0, index).some((earlier) => isSameEntry(earlier, pin)),
  )
  parseEach(repeated, ({ overlay, image }) => {
    throw new KnownError('PIN_LINE_INVALID', `${image} is pinned twice in ${overlay}`, {
      hint: 'Keep one line for each image and overlay.',
    })
  })
}

// A pin without an entry is for the only one that leads to the image, whatever its name.
function isSameEntry(one: Pin, other: Pin): boolean {
  if (one.overlay !== other.overlay || one.image !== other.image) return false
  return one.entry === other.entry || one.entry === undefined || other.entry === undefined
}
