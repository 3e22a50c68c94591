// The whole chain as `npm run demo` runs it, and everything that it left behind searched for its secrets.
import { readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { findSecrets, temporaryDirectory } from '@tierseal/test-kit'
import { encodeHandle } from '@tierseal/vault'
import { expect, it } from 'vitest'
import { pushBaseImage } from '../../scripts/demo/base-image.ts'
import { runChain } from '../../scripts/demo/chain.ts'
import { type Parts, startParts } from '../../scripts/demo/parts.ts'
import { makeDemoRelease } from '../../scripts/demo/release.ts'
import { type SiteFiles, writeSite } from '../../scripts/demo/site.ts'

// The inputs of the demo, which it wrote itself and which hold the secrets by their nature.
const handedIn = ['secrets', 'vault-token', 'ca.key', 'registry', 'vault', 'git']

function secretsOf(
  { keys, registry, git, vault }: Parts,
  files: SiteFiles,
): Readonly<Record<string, string>> {
  return {
    'service account token': readFileSync(files.serviceAccountToken, 'utf8'),
    'key handle': startOfHandles(vault.address),
    'private key': keys.dev.privateKey,
    'key password': keys.dev.password,
    'registry password': registry.password,
    'GitOps token': git.token,
    'root token': vault.rootToken,
  }
}

// How every handle of this Vault begins. The rest of the one that the job had is known to nobody else.
function startOfHandles(address: string): string {
  const server = { address, namespace: '', token: 'x', creationPath: 'x' }
  const fields = { privateKey: 'x', password: 'x' }
  const [one = '', other = ''] = ['/a', '!b'].map((ca) =>
    encodeHandle({ kind: 'wrapped', ...server, ca, fields }),
  )
  const common = [...one].findIndex((character, index) => character !== other[index])
  return one.slice(0, common)
}

async function runWholeChain(
  directory: string,
  parts: Parts,
): Promise<{ readonly files: SiteFiles; readonly failed: readonly string[] }> {
  await pushBaseImage(parts.registry, directory)
  const files = writeSite(directory, parts, makeDemoRelease(directory))
  const { links } = await runChain(directory, parts, files, () => undefined)
  return {
    files,
    failed: links.flatMap(({ ok, name, detail }) => (ok ? [] : [`${name}: ${detail}`])),
  }
}

it('leaves no secret in any log, output, state, summary or file, in any encoding', async () => {
  const directory = temporaryDirectory('chain')
  await using parts = await startParts(directory)
  const { files, failed } = await runWholeChain(directory, parts)
  expect(failed).toEqual([])
  const secrets = secretsOf(parts, files)
  // The search is not blind: it finds what was handed in.
  const found = findSecrets(directory, secrets).map(({ secret }) => secret)
  expect(found).toEqual(expect.arrayContaining(['service account token', 'registry password']))
  for (const name of handedIn) rmSync(join(directory, name), { recursive: true, force: true })
  for (const file of ['git.key', 'vault.key']) rmSync(join(directory, file), { force: true })
  expect(findSecrets(directory, secrets)).toEqual([])
})
