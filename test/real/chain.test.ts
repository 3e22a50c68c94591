// The whole chain as `npm run demo` runs it, and everything that it left behind searched for its secrets.
import { readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { findSecrets, runAction, temporaryDirectory } from '@tierseal/test-kit'
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
    'private key': keys.dev.privateKey,
    'key password': keys.dev.password,
    'registry password': registry.password,
    'GitOps token': git.token,
    'root token': vault.rootToken,
  }
}

// How every handle of this Vault begins: what two have in common that were made as the job's was, up to the
// CA. The rest of the job's own is known to nobody.
async function startOfHandles({ vault, caPath }: Parts, files: SiteFiles): Promise<string> {
  const fetching = [caPath, readFileSync(caPath, 'utf8')].map((ca) =>
    runAction('vault-fetch-key', {
      inputs: {
        'vault-address': vault.address,
        'vault-ca': ca,
        role: 'ci-signer-dev',
        'token-file': files.serviceAccountToken,
        'secret-path': 'tiers/dev',
      },
    }),
  )
  const [one = '', other = ''] = (await Promise.all(fetching)).map(({ outputs }) => outputs['key'])
  return one.slice(0, commonLength(one, other))
}

function commonLength(one: string, other: string): number {
  return [...one].findIndex((character, index) => character !== other[index])
}

// What of the handles in a text can be read: their tokens are masked by themselves, also inside of one.
function readableHandles(text: string): readonly string[] {
  const handles = text.match(/(?<=tierseal:v1:)[A-Za-z0-9_-]+/g) ?? []
  return handles.map((encoded) => Buffer.from(encoded, 'base64url').toString())
}

async function runWholeChain(
  directory: string,
  parts: Parts,
): Promise<{ readonly files: SiteFiles; readonly failed: readonly string[] }> {
  await pushBaseImage(parts.registry, directory)
  const files = writeSite(directory, parts, await makeDemoRelease(directory))
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
  const handle = await startOfHandles(parts, files)
  // The search is not blind: it finds what was handed in.
  const found = findSecrets(directory, secrets).map(({ secret }) => secret)
  expect(found).toEqual(expect.arrayContaining(['service account token', 'registry password']))
  for (const name of handedIn) rmSync(join(directory, name), { recursive: true, force: true })
  for (const file of ['git.key', 'vault.key']) rmSync(join(directory, file), { force: true })
  expect(findSecrets(directory, secrets)).toEqual([])
  // The engine writes the handle into its own log, with the token in it masked; nobody writes it otherwise.
  const shown = findSecrets(directory, { handle })
  expect(new Set(shown.map(({ where }) => where))).toEqual(new Set(['engine.log']))
  expect(new Set(shown.map(({ form }) => form))).toEqual(new Set(['raw', 'URL-encoded']))
  const readable = readableHandles(readFileSync(join(directory, 'engine.log'), 'utf8'))
  expect(readable).toContainEqual(expect.stringContaining('"token":"'))
  expect(readable.filter((text) => /"token":"[^"]{6}/.test(text))).toEqual([])
})
