import { KnownError } from '@tierseal/errors'
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

// What this action passes in every build and older executors lack (CHANGELOG of kaniko). A build without them
// would ask a public registry for an image that the site's own does not have.
const since: Readonly<Record<string, string>> = {
  '--registry-map': 'v1.21.0',
  '--skip-default-registry-fallback': 'v1.13.0',
}

/**
 * Refuses an argv that this binary does not know whole, before anything is copied for it.
 *
 * @throws KnownError ENGINE_CANNOT; TOOL_VERSION where it is too old, or no kaniko executor at all
 */
export function demandAbilities(abilities: KanikoAbilities, args: readonly string[]): void {
  const { flags } = abilities
  const core = ['--context', '--destination', '--digest-file', '--ignore-path', '--reproducible']
  if (!core.every((flag) => flags.has(flag))) {
    throw new KnownError('TOOL_VERSION', 'kaniko-path is a program that is not a kaniko executor', {
      hint: 'Give the file /kaniko/executor of a kaniko image, of any fork.',
    })
  }
  const missing = [...new Set(args.map(flagOf))].filter((flag) => !flags.has(flag))
  if (missing.length > 0) throw lacks(abilities, missing)
}

/** The flag of an argument in the form `--flag=value`. */
export function flagOf(argument: string): string {
  return argument.split('=')[0] ?? argument
}

function lacks({ fork, version }: KanikoAbilities, missing: readonly string[]): KnownError {
  const said = `kaniko ${version} (${fork}) does not know ${missing.join(', ')}`
  const tooOld = missing.flatMap((flag) => (since[flag] === undefined ? [] : [since[flag]]))
  if (tooOld.length === 0) {
    return new KnownError('ENGINE_CANNOT', said, {
      hint: 'Build secrets and some flags are only in the fork of osscontainertools.',
    })
  }
  return new KnownError('TOOL_VERSION', `${said}; ${tooOld.sort().at(-1)} or later is needed`, {
    hint: 'Mirror a later executor, of any fork: without these flags kaniko may ask a public registry.',
  })
}

function forkOf(flags: ReadonlySet<string>): KanikoAbilities['fork'] {
  if (flags.has('--secret') && flags.has('--materialize')) return 'osscontainertools'
  return flags.has('--annotation') ? 'chainguard' : 'google'
}
