import { spawn } from 'node:child_process'
import { createInterface } from 'node:readline'
import { type CommandResult, command, labEnvironment, tryCommand } from './command.ts'
import { kubeconfigOf } from './kubeconfig.ts'
import { labPath } from './layout.ts'
import { program } from './programs.ts'

/** Anything that kubectl can apply. */
export type Manifest = Readonly<Record<string, unknown>>

/** kubectl as the lab's administrator; throws on any exit code but 0. */
export function kubectl(args: readonly string[], input?: string): Promise<string> {
  return command(program('kubectl'), args, withInput(input))
}

/** The same, for what is expected to fail. */
export function tryKubectl(args: readonly string[], input?: string): Promise<CommandResult> {
  return tryCommand(program('kubectl'), args, withInput(input))
}

/** Applies manifests server-side, so that large definitions need no last-applied annotation. */
export async function apply(...manifests: readonly Manifest[]): Promise<void> {
  const list = { apiVersion: 'v1', kind: 'List', items: manifests }
  await kubectl(['apply', '--server-side', '--force-conflicts', '-f', '-'], JSON.stringify(list))
}

/**
 * Follows objects (`get … --watch`) until a line that kubectl prints is the awaited one, and gives the moment
 * at which it came, as Date.now().
 *
 * @throws Error with the last line, after `timeoutMs`
 */
export function watchKubectl(
  args: readonly string[],
  isAwaited: (line: string) => boolean,
  timeoutMs: number,
): Promise<number> {
  const child = spawn(program('kubectl'), [...args, '--watch'], {
    env: labEnvironment(environment()),
    stdio: ['ignore', 'pipe', 'inherit'],
    timeout: timeoutMs,
  })
  let last = 'nothing'
  return new Promise((resolve, reject) => {
    createInterface({ input: child.stdout }).on('line', (line) => {
      last = line
      if (!isAwaited(line)) return
      resolve(Date.now())
      child.kill()
    })
    child.on('error', reject)
    child.on('close', () => reject(new Error(`kubectl ${args.join(' ')} ended at: ${last}`)))
  })
}

function withInput(input: string | undefined): Parameters<typeof command>[2] {
  return { env: environment(), ...(input === undefined ? {} : { input }) }
}

function environment(): Record<string, string> {
  return { KUBECONFIG: kubeconfigOf('admin'), KUBECACHEDIR: labPath('kubectl-cache') }
}
