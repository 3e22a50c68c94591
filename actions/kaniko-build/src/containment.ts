import { childEnvironment, runProcess } from '@tierseal/action-kit'

/**
 * How the children of a build are bound to this action, which runners end with SIGKILL (facts: runner.md 1),
 * so that nothing can be done at that moment.
 *
 * - `namespaces`: a pid and a mount namespace of their own; the kernel ends every process and mount in
 *   it when we die.
 * - `death-signal`: the engine dies with us; what a RUN started may live on until post ends it.
 * - `none`: only post.
 */
export type Containment = 'namespaces' | 'death-signal' | 'none'

// The signal comes of a death after it was asked for. Where we were killed just before, nobody would end the
// command: so it begins only if it is still our child.
const dieWithUs = [
  ...['setpriv', '--pdeathsig', 'KILL', '--'],
  ...['sh', '-c', '[ "$PPID" = "$0" ] && exec "$@"', String(process.pid)],
] as const
const ownNamespaces = [
  'unshare',
  '--mount',
  '--propagation',
  'private',
  '--pid',
  '--fork',
  '--kill-child',
] as const

/** The strongest containment that this runner allows, found by trying it. */
export async function detectContainment(): Promise<Containment> {
  for (const containment of ['namespaces', 'death-signal'] as const) {
    if (await works(contained(containment, ['true'], '/proc'))) return containment
  }
  return 'none'
}

/**
 * The argv that runs a command so contained.
 *
 * @param procMount where the new pid namespace gets its /proc; only of use with `namespaces`
 */
export function contained(
  containment: Containment,
  command: readonly string[],
  procMount?: string,
): readonly string[] {
  if (containment === 'none') return command
  if (containment === 'death-signal') return [...dieWithUs, ...command]
  const proc = procMount === undefined ? [] : [`--mount-proc=${procMount}`]
  return [...dieWithUs, ...ownNamespaces, ...proc, '--', ...command]
}

/** Runs a command and tells whether it ended with 0; a missing program is a no. */
export async function works(command: readonly string[]): Promise<boolean> {
  const [program = '', ...args] = command
  try {
    const options = { env: childEnvironment(), timeoutMs: 10_000 }
    return (await runProcess(program, args, options)).exitCode === 0
  } catch {
    return false
  }
}
