import type { RegistryFlags } from './arguments.ts'
import type { Cosign } from './cosign/cosign.ts'
import type { Format } from './format.ts'
import type { KeyAgent } from './key/key-agent.ts'
import type { PublicKey } from './key/public-key.ts'
import { type Findings, findSignatures } from './signatures/findings.ts'
import type { Target } from './targets.ts'
import type { Workspace } from './workspace.ts'

/** What every image of a step is signed and verified with. */
export interface SignContext {
  readonly cosign: Cosign
  readonly format: Format
  readonly agent: KeyAgent
  readonly publicKey: PublicKey
  readonly annotations: readonly string[]
  readonly registryFlags: RegistryFlags
  readonly workspace: Workspace
  readonly publicKeyPath: string
  readonly timeoutMs: number
}

/**
 * What the registry holds for an image now.
 *
 * @throws KnownError DEADLINE_EXCEEDED, and what the registry answers
 */
export function look(
  { image, registry }: Target,
  { format, publicKey, annotations }: SignContext,
  deadlineAt: number,
): Promise<Findings> {
  const { digest, repository } = image
  const { path } = repository
  const client = registry.client.until(deadlineAt)
  return findSignatures(format, { client, path, digest, publicKey, annotations, deadlineAt })
}
