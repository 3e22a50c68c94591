// The site of site-text.ts in a folder of its own, and a real Vault that its keys go to.
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import {
  type ActionResult,
  prepareVault,
  runAction,
  startTokenReview,
  startVault,
  type TestVault,
  type TokenReview,
  temporaryDirectory,
} from '@tierseal/test-kit'
import { type Ended, runIn } from '../../../packages/cli/src/testing/command.ts'
import { siteText } from './site-text.ts'

/** Its Vault knows service accounts and has the engines for keys, and nothing of the site yet. */
export interface VaultSite extends AsyncDisposable {
  /** Of tiers.yaml and of what is generated. */
  readonly folder: string
  readonly vault: TestVault
  readonly reviewer: TokenReview
  /** A command line of `tierseal` in the folder, with the rights of root in Vault. */
  tierseal(...args: readonly string[]): Promise<Ended>
  /** The fetch step of a tier's job, whose workflow names these inputs. */
  fetchStep(tier: string, inputs: Readonly<Record<string, string>>): Promise<ActionResult>
  read(path: string): string
  write(path: string, text: string): void
}

export async function startVaultSite(): Promise<VaultSite> {
  const vault = await startVault()
  const reviewer = await startTokenReview()
  await prepareVault(vault, reviewer)
  await vault.request('POST', 'sys/mounts/transit', { type: 'transit' })
  const folder = mkdtempSync(join(temporaryDirectory('site'), 'site-'))
  const site = { folder, vault, reviewer }
  const write = (path: string, text: string): void => writeFileSync(join(folder, path), text)
  write('tiers.yaml', siteText({ vault: vault.address }))
  return {
    ...site,
    tierseal: (...args) => {
      const ofVault = args[0] === 'generate' ? [] : ['--vault-ca', vault.caPath]
      return runIn(folder, [...args, ...ofVault], { env: { VAULT_TOKEN: vault.rootToken } })
    },
    fetchStep: (tier, inputs) => fetchStep(site, tier, inputs),
    read: (path) => readFileSync(join(folder, path), 'utf8'),
    write,
    [Symbol.asyncDispose]: async () => {
      await vault.stop()
      await reviewer.stop()
    },
  }
}

async function fetchStep(
  { folder, vault, reviewer }: Pick<VaultSite, 'folder' | 'vault' | 'reviewer'>,
  tier: string,
  inputs: Readonly<Record<string, string>>,
): Promise<ActionResult> {
  const tokenFile = join(folder, 'token')
  writeFileSync(tokenFile, reviewer.issue({ namespace: `ci-${tier}`, name: 'ci-signer' }))
  const ended = await runAction('vault-fetch-key', {
    inputs: {
      'vault-address': vault.address,
      'vault-ca': vault.caPath,
      role: `ci-signer-${tier}`,
      'token-file': tokenFile,
      'expected-policies': `cosign-${tier}`,
      ...inputs,
    },
  })
  rmSync(tokenFile)
  return ended
}
