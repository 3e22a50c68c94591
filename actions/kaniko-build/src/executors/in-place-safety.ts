import { existsSync, readFileSync, realpathSync } from 'node:fs'
import { dirname } from 'node:path'
import { KnownError } from '@tierseal/errors'
import { mountPoints } from '../leftovers.ts'

/** Something of the runner that must survive a build that deletes the root filesystem. */
export interface RunnerPart {
  readonly what: string
  readonly path: string
}

const kanikoDirectory = '/kaniko'

/**
 * Refuses a build in place where it would eat the runner: kaniko deletes the root filesystem before it
 * unpacks a base image, all but mount points and its own folder (facts: kaniko.md 2). It puts the rest
 * back at the end, but not after a SIGKILL, so what the runner needs must not be on the root at all.
 *
 * @throws KnownError EXECUTOR_REFUSED with every reason
 */
export function demandSafePlace(kanikoPath: string): void {
  const mounts = mountPoints(readFileSync('/proc/self/mountinfo', 'utf8'))
  const reasons = [
    ...(isContainer() ? [] : ['this is a machine and not a container']),
    ...(dirname(kanikoPath) === kanikoDirectory
      ? []
      : [`kaniko-path is ${kanikoPath}; only ${kanikoDirectory} is a folder that kaniko spares`]),
    ...exposedParts(runnerParts(), mounts).map(
      ({ what, path }) => `${what} (${path}) lies on the root filesystem, which kaniko deletes`,
    ),
  ]
  if (reasons.length === 0) return
  const list = reasons.map((reason) => `- ${reason}`).join('\n')
  throw new KnownError('EXECUTOR_REFUSED', `executor in-place would damage this runner:\n${list}`, {
    hint: 'Use executor: sandbox. In place needs a container made for it: the executor in /kaniko, node in /kaniko or on a volume, workspace and RUNNER_TEMP on volumes.',
  })
}

/** The parts that lie neither in kaniko's folder nor on a mount of their own. */
export function exposedParts(
  parts: readonly RunnerPart[],
  mounts: readonly string[],
): readonly RunnerPart[] {
  const spared = [kanikoDirectory, ...mounts.filter((mount) => mount !== '/')]
  return parts.filter(
    ({ path }) => !spared.some((place) => path === place || path.startsWith(`${place}/`)),
  )
}

function runnerParts(): readonly RunnerPart[] {
  const variables = ['GITHUB_OUTPUT', 'GITHUB_STATE', 'GITHUB_STEP_SUMMARY', 'RUNNER_TEMP']
  const named = ['GITHUB_WORKSPACE', ...variables].flatMap((what) => {
    const path = process.env[what]
    return path === undefined || path === '' ? [] : [{ what, path: real(path) }]
  })
  const script = process.argv[1] ?? ''
  return [
    { what: 'node', path: real(process.execPath) },
    { what: 'the action', path: real(script) },
    { what: 'the working folder', path: real(process.cwd()) },
    ...named,
  ]
}

function isContainer(): boolean {
  const signs = [
    '/.dockerenv',
    '/run/.containerenv',
    '/var/run/secrets/kubernetes.io/serviceaccount',
  ]
  return (process.env['container'] ?? '') !== '' || signs.some((path) => existsSync(path))
}

function real(path: string): string {
  return existsSync(path) ? realpathSync(path) : path
}
