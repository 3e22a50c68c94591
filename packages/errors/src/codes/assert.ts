import type { CodeTable } from '../code-entry.ts'

/** The assert link: every way a digest handoff goes wrong. */
export const assertCodes = {
  DIGEST_FILE_MISSING: {
    meaning: 'The digest file does not exist: the build did not write one where this step looks.',
    remedy: 'Compare digest-file of both steps; look at whether the build step really ran.',
  },
  DIGEST_FILE_UNREADABLE: {
    meaning: 'The digest file is there and is not a small readable file.',
    remedy: 'Give the file that the build step wrote; it holds 71 bytes.',
  },
  DIGEST_STALE: {
    meaning: 'The digest file is older than this job: an earlier build left it behind.',
    remedy: 'Delete the digest file before the build, or write it to a folder of this job.',
  },
  DIGEST_EMPTY: {
    meaning: 'The digest is empty: the step that should give it ended without one.',
    remedy: 'Look at the build step; a runner stopped in the middle can report success.',
  },
  DIGEST_WHITE_SPACE: {
    meaning: 'The digest has white space around it, or consists of white space alone.',
    remedy: 'Write the file without a newline: printf %s, or let kaniko-build write it.',
  },
  DIGEST_TRUNCATED: {
    meaning: 'The digest has fewer than 64 hex digits: it was cut off on the way.',
    remedy: 'Pass the digest output of the build step unchanged.',
  },
  DIGEST_ALGORITHM: {
    meaning: 'The digest is not of algorithm sha256, the one that is signed and pinned.',
    remedy: 'Give the sha256 digest of the manifest, as the registry names it.',
  },
  DIGEST_UPPER_CASE: {
    meaning: 'The digest has upper-case letters; registries and policies compare to the letter.',
    remedy: 'Pass the digest output of the build step unchanged.',
  },
  DIGEST_CONFLICT: {
    meaning: 'Two sources name different digests for one image.',
    remedy: 'Give one of them; find out which build wrote the other.',
  },
  DIGEST_ABSENT: {
    meaning: 'The registry does not hold this digest in this repository.',
    remedy: 'Check the repository path; the build may have failed after it wrote the digest.',
  },
  TAG_MOVED: {
    meaning: 'The tag points at another digest than the one of this build.',
    remedy: 'Another build pushed the same tag: find out which one is meant, and build again.',
  },
  TAG_ABSENT: {
    meaning: 'The registry does not have the tag that should point at the digest.',
    remedy: 'Check the tag; the push may have stopped before it.',
  },
  NOT_AN_IMAGE: {
    meaning: 'The digest is that of something other than an image or an image index.',
    remedy: 'Give the digest of the image, not that of a signature, a config or a layer.',
  },
} as const satisfies CodeTable
