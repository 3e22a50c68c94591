import { existsSync, readFileSync, realpathSync } from 'node:fs'
import { dirname } from 'node:path'
import { log } from '@tierseal/action-kit'
import { KnownError } from '@tierseal/errors'
import { mountPoints } from '../leftovers.ts'
import { isWrecked, kanikoDirectory } from './in-place-traces.ts'

/** Something of the runner that must survive a build that deletes the root filesystem. */
export interface RunnerPart {
  readonly what: string
  readonly path: string
}

/**
 * Refuses a build in place where it would eat the runner: kaniko deletes the root filesystem before it
 * unpacks a base image, all but mount points and its own folder (facts: kaniko.md 2). It puts the rest
 * back at the end, but not after a SIGKILL, so what the runner needs must not be on the root at all.
 *
 * @param context the folder to build from, absolute
 * @throws KnownError EXECUTOR_REFUSED with every reason
 */
export function demandSafePlace(kanikoPath: string, context: string): void {
  const mounts = mountPoints(readFileSync('/proc/self/mountinfo', 'utf8'))
  const reasons = [
    ...(isWrecked()
      ? ['a build was killed in this container and its files are in place of the own']
      : []),
    ...(isContainer() ? [] : ['this is a machine and not a container']),
    ...(dirname(kanikoPath) === kanikoDirectory
      ? []
      : [`kaniko-path is ${kanikoPath}; only ${kanikoDirectory} is a folder that kaniko spares`]),
    ...exposedParts(runnerParts(context), mounts).map(
      ({ what, path }) => `${what} (${path}) lies on the root filesystem, which kaniko deletes`,
    ),
  ]
  if (reasons.length === 0) return
  const list = reasons.map((reason) => `- ${reason}`).join('\n')
  throw new KnownError('EXECUTOR_REFUSED', `executor in-place would damage this runner:\n${list}`, {
    hint: 'Use executor: sandbox. In place needs a container made for it: the executor in /kaniko, node in /kaniko or on a volume, workspace, context and RUNNER_TEMP on volumes.',
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

/**
 * Says so where this very process could not be started again while kaniko builds: after a cancel there is then
 * no post, and no later step.
 */
export function warnOfLostLibraries(): void {
  const mounts = mountPoints(readFileSync('/proc/self/mountinfo', 'utf8'))
  const parts = mappedFiles(readFileSync('/proc/self/maps', 'utf8')).map((path) => ({
    what: 'a library of node',
    path,
  }))
  const lost = exposedParts(parts, mounts)
  if (lost.length === 0) return
  log.warning(
    `in-place: node loads ${lost.map(({ path }) => path).join(', ')} from the root filesystem. Where this step is cancelled, nothing of node can run here any more, post included: use the container for one job.`,
  )
}

/** The files that a process has mapped, from the text of /proc/self/maps. */
export function mappedFiles(maps: string): readonly string[] {
  const paths = maps.split('\n').flatMap((line) => /^(?:\S+\s+){5}(\/.+)$/.exec(line)?.[1] ?? [])
  return [...new Set(paths)].filter((path) => !path.endsWith(' (deleted)'))
}

function runnerParts(context: string): readonly RunnerPart[] {
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
    { what: 'the context', path: real(context) },
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
