import { type SpawnSyncReturns, spawnSync } from 'node:child_process'

const withoutConfiguration = { GIT_CONFIG_GLOBAL: '/dev/null', GIT_CONFIG_SYSTEM: '/dev/null' }

/**
 * Runs git for what has to come out the same everywhere: without the configuration of the system and of the person.
 *
 * @throws Error where git fails
 */
export function gitAlike(
  directory: string,
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
): string {
  const ran = run(directory, ['-c', 'core.autocrlf=false', ...args], {
    ...withoutConfiguration,
    ...env,
  })
  if (ran.status !== 0) throw new Error(`git ${args[0]}: ${ran.stderr}`)
  return ran.stdout
}

/** Runs git as the person would, with their credential helpers, CAs, proxies and ssh commands. */
export function gitOfPerson(directory: string, args: readonly string[]): SpawnSyncReturns<string> {
  return run(directory, args)
}

function run(
  directory: string,
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
): SpawnSyncReturns<string> {
  return spawnSync('git', args, {
    cwd: directory,
    encoding: 'utf8',
    env: { ...process.env, ...env },
  })
}
