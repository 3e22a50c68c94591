import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { type ServerProcess, startServerProcess } from './server-process.ts'
import { toolPath } from './tools/index.ts'

/** Which program serves. */
export type VaultFlavour = 'openbao' | 'vault'

export interface VaultProcessOptions {
  /** Of its own; its configuration and its log go there. */
  readonly directory: string
  readonly configuration: unknown
  /** Whether it answers; asked until it does. */
  readonly ready: () => Promise<boolean>
}

/** Starts a server of Vault's kind, still sealed. */
export function startVaultProcess(
  flavour: VaultFlavour,
  { directory, configuration, ready }: VaultProcessOptions,
): Promise<ServerProcess> {
  const configPath = join(directory, 'server.json')
  writeFileSync(configPath, JSON.stringify(configuration))
  return startServerProcess({
    name: flavour,
    path: toolPath(flavour),
    args: ['server', '-config', configPath],
    env: { SKIP_SETCAP: '1' },
    logPath: join(directory, 'server.log'),
    ready,
  })
}
