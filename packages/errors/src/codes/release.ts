import type { CodeTable } from '../code-entry.ts'

/** What keeps a release from being made or pushed. */
export const releaseCodes = {
  RELEASE_FOLDER_TAKEN: {
    meaning: 'The folder for a release tree holds something already.',
    remedy: 'Name an empty folder, or one that is not there.',
  },
  RELEASE_EXISTS: {
    meaning: 'The target has another commit under the tag of this version. A version never moves.',
    remedy: 'Raise the version in package.json, commit, and release again; nothing was pushed.',
  },
  RELEASE_NOT_PUSHED: {
    meaning: 'git could not push the tags of a release; none of them was changed.',
    remedy:
      'Read what git said, which the message quotes: address, access, or the rules of the forge.',
  },
} as const satisfies CodeTable
