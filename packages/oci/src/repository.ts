import { KnownError } from '@tierseal/errors'

/** A repository of one registry: `host[:port]` and a path of lower-case components. */
export interface Repository {
  /** `host` or `host:port`, always named: nothing here defaults to a public registry. */
  readonly registry: string
  readonly path: string
}

// The grammar of the OCI distribution specification, section "Pulling manifests".
const pathPattern =
  /^[a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*(?:\/[a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*)*$/
const registryPattern =
  /^(?:[a-zA-Z0-9](?:[a-zA-Z0-9.-]*[a-zA-Z0-9])?|\[[0-9a-fA-F:]+\])(?::[0-9]{1,5})?$/

/**
 * @throws KnownError REFERENCE_INVALID for a scheme, a missing registry host, or a bad path
 */
export function parseRepository(text: string): Repository {
  const slash = text.indexOf('/')
  const registry = slash === -1 ? '' : text.slice(0, slash)
  const path = text.slice(slash + 1)
  const flaw = findFlaw(text, registry, path)
  if (flaw === undefined) return { registry, path }
  throw new KnownError(
    'REFERENCE_INVALID',
    `${JSON.stringify(text)} is not a repository: ${flaw}`,
    {
      hint: 'Expected host[:port]/path in lower case, such as registry.internal:5000/dev/payments.',
    },
  )
}

function findFlaw(text: string, registry: string, path: string): string | undefined {
  if (text === '') return 'it is empty'
  if (/\s/.test(text)) return 'it contains white space'
  if (/^[a-z]+:\/\//i.test(text)) return 'it starts with a scheme'
  if (!isRegistryHost(registry)) return 'it names no registry host before the first slash'
  if (/[A-Z]/.test(path)) return 'its path has upper-case letters'
  if (!pathPattern.test(path)) return `its path ${JSON.stringify(path)} is malformed`
  return undefined
}

// Without a dot, a port or "localhost", every client reads the first component as a Docker Hub path.
function isRegistryHost(registry: string): boolean {
  return registryPattern.test(registry) && (/[.:]/.test(registry) || registry === 'localhost')
}
