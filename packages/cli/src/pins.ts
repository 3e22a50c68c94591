import type { Site } from '@tierseal/tiers'

// What init writes: no commit has this name.
const noCommit = /^0+$/

/** The actions whose commits tiers.yaml does not say yet; a workflow that names them cannot start. */
export function unpinned({ actions, checkout }: Site): readonly string[] {
  return Object.entries({ actions, checkout })
    .filter(([, { sha }]) => noCommit.test(sha))
    .map(([name]) => name)
}

/** What a person is told of them; nothing where there are none. */
export function unpinnedWarning(site: Site): readonly string[] {
  const names = unpinned(site)
  return names.length === 0
    ? []
    : [`warning: ${names.join(' and ')} of tiers.yaml have no commit yet: tierseal update-actions`]
}
