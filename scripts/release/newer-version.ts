const versionTag = /^v(\d+)\.(\d+)\.(\d+)(-.+)?$/

/** The highest of the versions that is newer than this one; undefined where none is. Versions are tags: v1.2.3. */
export function newerVersion(version: string, tags: readonly string[]): string | undefined {
  const released = tags.filter((tag) => versionTag.test(tag) && !isEarly(tag))
  return released
    .filter((tag) => compare(tag, version) > 0)
    .sort(compare)
    .at(-1)
}

// v1.2.0-rc.1 comes before v1.2.0.
function isEarly(tag: string): boolean {
  return versionTag.exec(tag)?.[4] !== undefined
}

function compare(left: string, right: string): number {
  const [ours, theirs] = [numbers(left), numbers(right)]
  const at = ours.findIndex((part, index) => part !== theirs[index])
  if (at !== -1) return (ours[at] ?? 0) - (theirs[at] ?? 0)
  return Number(isEarly(right)) - Number(isEarly(left))
}

function numbers(tag: string): readonly number[] {
  return versionTag.exec(tag)?.slice(1, 4).map(Number) ?? []
}
