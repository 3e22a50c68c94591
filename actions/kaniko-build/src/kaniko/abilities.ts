import { KnownError } from '@tierseal/errors'
import type { BuildRequest } from '../build-request.ts'
import type { KanikoAbilities } from '../executors/executor.ts'

/**
 * What an executor binary can do, from what it prints for `version` and `--help`: three forks share the
 * command line and not the flags (facts: kaniko.md 1).
 */
export function readAbilities(versionText: string, helpText: string): KanikoAbilities {
  const names = helpText.matchAll(/^\s+(?:-[a-zA-Z], )?(--[a-z][a-zA-Z0-9-]*)/gm)
  const flags = new Set([...names].map(([, name = '']) => name))
  const version = /version\s*:\s*(\S+)/i.exec(versionText)?.[1] ?? versionText.trim()
  return { fork: forkOf(flags), version, flags }
}

/**
 * Refuses a request that this binary cannot carry out.
 *
 * @param ownFlags what the executor adds, such as the build secrets of a pod
 * @throws KnownError ENGINE_CANNOT; TOOL_VERSION where it is no kaniko executor at all
 */
export function demandAbilities(
  abilities: KanikoAbilities,
  request: Pick<BuildRequest, 'secrets' | 'extraArguments'>,
  ownFlags: readonly string[],
): void {
  const { flags, fork, version } = abilities
  const core = ['--context', '--destination', '--digest-file', '--ignore-path', '--reproducible']
  if (!core.every((flag) => flags.has(flag))) {
    throw new KnownError('TOOL_VERSION', 'kaniko-path is a program that is not a kaniko executor', {
      hint: 'Give the file /kaniko/executor of a kaniko image, of any fork.',
    })
  }
  const given = [...ownFlags, ...request.extraArguments].map(flagOf)
  const wanted = [...(request.secrets.length === 0 ? [] : ['--secret']), ...given]
  const missing = [...new Set(wanted)].filter((flag) => !flags.has(flag))
  if (missing.length === 0) return
  throw new KnownError(
    'ENGINE_CANNOT',
    `kaniko ${version} (${fork}) does not know ${missing.join(', ')}`,
    {
      hint: 'Build secrets and some flags are only in the fork of osscontainertools.',
    },
  )
}

function flagOf(argument: string): string {
  return argument.split('=')[0] ?? argument
}

function forkOf(flags: ReadonlySet<string>): KanikoAbilities['fork'] {
  if (flags.has('--secret') && flags.has('--materialize')) return 'osscontainertools'
  return flags.has('--annotation') ? 'chainguard' : 'google'
}
