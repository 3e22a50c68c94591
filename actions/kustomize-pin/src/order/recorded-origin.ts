/** What the commits of the GitOps branch say about where a digest comes from. */
export interface RecordedOrigin {
  /** The commit of the GitOps branch that says so. */
  readonly commit: string
  readonly sourceRepository: string | undefined
  readonly sourceRevision: string
}

/** A commit message and its commit. */
export interface LoggedCommit {
  readonly commit: string
  readonly message: string
}

/**
 * Each commit that pinned this digest of this image and names its source, the newest first. A deliberate rollback is
 * believed where there is nothing else: its run may have been started from any commit.
 */
export function findOrigins(
  commits: readonly LoggedCommit[],
  image: string,
  digest: string,
): readonly RecordedOrigin[] {
  const found = commits.flatMap(({ commit, message }) => {
    const trailers = readTrailers(message)
    const sourceRevision = trailerValue(trailers, 'Source-Revision')
    if (
      sourceRevision === undefined ||
      !isCommit(sourceRevision) ||
      !pinsDigest(trailers, image, digest)
    )
      return []
    const rollback = trailerValue(trailers, 'Rollback-Reason') !== undefined
    const sourceRepository = trailerValue(trailers, 'Source-Repository')
    return [{ commit, sourceRepository, sourceRevision, rollback }]
  })
  const built = found.filter(({ rollback }) => !rollback)
  return built.length > 0 ? built : found.slice(0, 1)
}

// Anything but the full name of a commit could be an option or a moving name.
function isCommit(text: string): boolean {
  return /^(?:[0-9a-f]{40}|[0-9a-f]{64})$/.test(text)
}

/** @throws Error where the text is not the full name of a commit */
export function parseRevision(text: string): string {
  if (isCommit(text)) return text
  throw new Error(`${JSON.stringify(text)} is not the full name of a commit (40 or 64 hex digits)`)
}

type Trailer = readonly [key: string, value: string]

// A forge that squashes or merges puts a paragraph of its own below ours, such as Reviewed-on.
function readTrailers(message: string): readonly Trailer[] {
  const paragraphs = message.replaceAll('\r\n', '\n').split(/\n\s*\n/)
  return (paragraphs.findLast((text) => /^Image: /m.test(text)) ?? '')
    .split('\n')
    .flatMap((line) => {
      const match = /^([A-Za-z][A-Za-z-]*): (.*)$/.exec(line)
      return match === null ? [] : [[match[1] ?? '', match[2] ?? ''] as const]
    })
}

function pinsDigest(trailers: readonly Trailer[], image: string, digest: string): boolean {
  return trailers.some(
    ([key, value], index) =>
      key === 'Image' && value === image && trailers[index + 1]?.[1] === digest,
  )
}

function trailerValue(trailers: readonly Trailer[], wanted: string): string | undefined {
  return trailers.find(([key]) => key === wanted)?.[1]
}
