import { KnownError } from '@tierseal/errors'

/**
 * Refuses what Kustomize takes as remote (api/internal/git/repospec.go, api/internal/loader): a scheme, an scp-like address, a
 * host of its list, or a query.
 *
 * @throws KnownError PIN_REMOTE_RESOURCE
 */
export function demandLocal(file: string, reference: string): void {
  const remote =
    /^[a-z][a-z0-9+.-]*:|^git@|^(?:www\.)?github\.com[/:]|\?(?:ref|version|timeout|submodules)=/i
  if (reference.includes('\n') || !remote.test(reference)) return
  throw new KnownError('PIN_REMOTE_RESOURCE', `${file} refers to ${reference}`, {
    hint: 'Vendor it into the GitOps repository; nothing is fetched while a pin is proven.',
  })
}
