import { type CommandResult, command, tryCommand } from './command.ts'
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

function withInput(input: string | undefined): Parameters<typeof command>[2] {
  const env = { KUBECONFIG: kubeconfigOf('admin'), KUBECACHEDIR: labPath('kubectl-cache') }
  return { env, ...(input === undefined ? {} : { input }) }
}
