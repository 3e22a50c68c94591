import { existsSync, realpathSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { obtainTools, type ToolName, toolPath, tryPrograms, tryToolPath } from '../tools/index.ts'

/** What the lab runs, in the order in which it is obtained; the node's own come last. */
const needed = [
  'nftables',
  'crane',
  'registry',
  'referrers-registry',
  'etcd',
  'kube-apiserver',
  'kube-controller-manager',
  'kube-scheduler',
  'kubectl',
  'kyverno-controller',
  'gitea',
  'kustomize',
  'argocd',
  'redis',
  'busybox',
  'runner-engine',
  'cosign2',
  'cosign3',
  'buildah',
] as const satisfies readonly ToolName[]

/** Without these the lab is an API server without a node. */
export const nodeTools = [
  'kubelet',
  'containerd',
  'runc',
  'cni',
] as const satisfies readonly ToolName[]

/** Which lab: its Vault, and whether it is to have a node. */
export interface LabKind {
  readonly vault: 'vault' | 'openbao'
  readonly node: boolean
}

/** Obtains every tool that such a lab needs; gives what is wrong with those that could not be had. */
export async function obtainLabTools({ vault, node }: LabKind): Promise<readonly string[]> {
  const results = await obtainTools([...needed, vault, ...(node ? nodeTools : [])])
  const optional = new Set<string>(nodeTools)
  const missing = results.flatMap((result) =>
    'problem' in result && !optional.has(result.name) ? [result.problem] : [],
  )
  return [...(await tryPrograms(['ip', 'openssl'])), ...missing]
}

/** Whether such a lab could come up at once, without a tool being built or unpacked. */
export function hasLabTools({ vault, node }: LabKind): boolean {
  return hasTools([...needed, vault, ...(node ? nodeTools : [])])
}

/** Whether every tool of the list is here. */
export function hasTools(names: readonly ToolName[]): boolean {
  return names.every((name) => tryToolPath(name) !== undefined)
}

/** The path of a tool's own program. */
export function program(name: ToolName): string {
  return toolPath(name)
}

/**
 * The path of a program that comes with a tool, such as a containerd shim.
 *
 * @throws Error where the tool has no such program
 */
export function siblingProgram(name: ToolName, sibling: string): string {
  const path = toolPath(name)
  const candidates = [dirname(path), dirname(realpathSync(path))].map((folder) =>
    join(folder, sibling),
  )
  const found = candidates.find((candidate) => existsSync(candidate))
  if (found === undefined) throw new Error(`lab: ${name} came without ${sibling}`)
  return found
}
