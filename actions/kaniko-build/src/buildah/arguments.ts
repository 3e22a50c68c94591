import type { BuildRequest, Destination } from '../build-request.ts'
import type { BuildahPlace } from './place.ts'

/** What every buildah command starts with: storage of its own, no driver that needs the kernel's help. */
export function globalArguments(place: BuildahPlace, verbosity: string): readonly string[] {
  const level = verbosity === 'info' ? [] : [`--log-level=${verbosity}`]
  const storage = [`--root=${place.storage}`, `--runroot=${place.runtime}`, '--storage-driver=vfs']
  const names = [
    `--registries-conf-dir=${place.noRegistries}`,
    `--short-name-alias-conf=${place.shortNames}`,
  ]
  return [...level, ...storage, ...names]
}

/**
 * The argv of `buildah bud`, after the global arguments.
 *
 * @param flags what this version knows
 */
export function buildArguments(
  request: BuildRequest,
  place: BuildahPlace,
  flags: ReadonlySet<string>,
): readonly string[] {
  const { cacheRepository } = request
  const cache =
    cacheRepository === undefined
      ? []
      : ['--layers', `--cache-from=${cacheRepository}`, `--cache-to=${cacheRepository}`]
  return [
    'bud',
    // First, so that of a flag that is given twice the last, ours, counts.
    ...request.extraArguments,
    '--isolation=chroot',
    '--http-proxy=false',
    // A label with buildah's version would change the digest with every update.
    ...(flags.has('--identity-label') ? ['--identity-label=false'] : []),
    ...accessArguments(place),
    ...contentArguments(request, place),
    ...cache,
    `--tag=${request.destinations[0].text}`,
    `--file=${request.context}/${request.dockerfile}`,
    request.context,
  ]
}

/** The argv of `buildah push`, which writes its digest file only after the push (facts: kaniko.md 4). */
export function pushArguments(
  request: BuildRequest,
  place: BuildahPlace,
  { text }: Destination,
  digestFile: string,
): readonly string[] {
  const access = accessArguments(place)
  const [first] = request.destinations
  return ['push', ...access, `--digestfile=${digestFile}`, first.text, `docker://${text}`]
}

function contentArguments(request: BuildRequest, place: BuildahPlace): readonly string[] {
  return [
    ...request.buildArguments.map(({ name, value }) => `--build-arg=${name}=${value}`),
    ...request.labels.map(({ name, value }) => `--label=${name}=${value}`),
    ...(request.target === undefined ? [] : [`--target=${request.target}`]),
    ...(request.platform === undefined ? [] : [`--platform=${request.platform}`]),
    ...(request.reproducible ? ['--timestamp=0'] : []),
    ...request.secrets.map(({ id }) => `--secret=id=${id},src=${place.secrets}/${id}`),
  ]
}

// No --tls-verify=false: it would reach every registry, and those of base images too. registries.conf
// names the hosts for which plain-http and skip-tls-verify are meant.
function accessArguments(place: BuildahPlace): readonly string[] {
  return [
    `--signature-policy=${place.policy}`,
    `--authfile=${place.authFile}`,
    `--cert-dir=${place.certificates}`,
  ]
}
