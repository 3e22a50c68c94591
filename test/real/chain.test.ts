// The whole chain as `npm run demo` runs it, and everything that it left behind searched for its secrets.
import { rmSync } from 'node:fs'
import { join } from 'node:path'
import { findSecrets, temporaryDirectory } from '@tierseal/test-kit'
import { expect, it } from 'vitest'
import { pushBaseImage } from '../../scripts/demo/base-image.ts'
import { runChain } from '../../scripts/demo/chain.ts'
import { type Parts, startParts } from '../../scripts/demo/parts.ts'
import { makeDemoRelease } from '../../scripts/demo/release.ts'
import { type SiteFiles, writeSite } from '../../scripts/demo/site.ts'

// The inputs of the demo, which it wrote itself and which hold the secrets by their nature.
const handedIn = ['secrets', 'vault-token', 'ca.key', 'registry', 'vault', 'git']

function secretsOf({ keys, registry, git, vault }: Parts): Readonly<Record<string, string>> {
  return {
    'private key': keys.dev.privateKey,
    'key password': keys.dev.password,
    'registry password': registry.password,
    'GitOps token': git.token,
    'root token': vault.rootToken,
  }
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
  const { failed } = await runWholeChain(directory, parts)
  expect(failed).toEqual([])
  // The search is not blind: it finds what was handed in.
  expect(findSecrets(directory, secretsOf(parts))).not.toEqual([])
  for (const name of handedIn) rmSync(join(directory, name), { recursive: true, force: true })
  for (const file of ['git.key', 'vault.key']) rmSync(join(directory, file), { force: true })
  expect(findSecrets(directory, secretsOf(parts))).toEqual([])
})
