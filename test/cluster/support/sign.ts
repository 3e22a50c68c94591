import { writeFileSync } from 'node:fs'
import { messageOf } from '@tierseal/errors'
import {
  command,
  crane,
  dockerConfigDirectory,
  labPath,
  program,
  siteCa,
} from '@tierseal/test-kit/lab'
import type { KeyPair } from './keys.ts'
import type { SiteVariant } from './tiers.ts'

/** Signs an image with the real cosign, to arrange a case: not the action, which the chain's tests run. */
export async function signImage(
  image: string,
  pair: KeyPair,
  format: SiteVariant['format'] = 'bundle',
): Promise<void> {
  const tool = program(format === 'oci-1-1' ? 'cosign2' : 'cosign3')
  await command(
    tool,
    ['sign', '--yes', ...formatArguments(format), `--key=${pair.privateKeyFile}`, image],
    {
      env: cosignEnvironment(pair, format),
    },
  )
}

/** Attaches an attestation by a key: a statement about an image that is no signature of it. */
export async function attestImage(image: string, pair: KeyPair): Promise<void> {
  const predicate = labPath('site', 'predicate.json')
  writeFileSync(predicate, '{"note":"not a signature"}')
  const args = ['attest', '--yes', ...formatArguments('bundle'), `--key=${pair.privateKeyFile}`]
  await command(program('cosign3'), [...args, `--predicate=${predicate}`, '--type=custom', image], {
    env: cosignEnvironment(pair, 'bundle'),
  })
}

function formatArguments(format: SiteVariant['format']): string[] {
  if (format === 'bundle') return emptyTrust()
  if (format === 'oci-1-1') return ['--tlog-upload=false', '--registry-referrers-mode=oci-1-1']
  return ['--new-bundle-format=false', '--use-signing-config=false', '--tlog-upload=false']
}

// With neither file cosign asks the public trust root for both; the lab's egress counter sees it.
function emptyTrust(): string[] {
  const config = labPath('site', 'signing-config.json')
  const root = labPath('site', 'trusted-root.json')
  writeFileSync(config, '{"mediaType":"application/vnd.dev.sigstore.signingconfig.v0.2+json"}')
  writeFileSync(root, '{"mediaType":"application/vnd.dev.sigstore.trustedroot+json;version=0.1"}')
  return [`--signing-config=${config}`, `--trusted-root=${root}`]
}

function cosignEnvironment(
  { password }: KeyPair,
  format: SiteVariant['format'],
): Record<string, string> {
  return {
    COSIGN_PASSWORD: password,
    DOCKER_CONFIG: dockerConfigDirectory,
    SSL_CERT_FILE: siteCa,
    HOME: labPath('site'),
    ...(format === 'oci-1-1' ? { COSIGN_EXPERIMENTAL: '1' } : {}),
  }
}

/** Where the bundles of an image are: the fallback tag of a registry without the referrers API. */
export function signatureOf(image: string): string {
  const [repository = '', digest = ''] = image.split('@')
  return `${repository}:${digest.replace(':', '-')}`
}

/** In which forms an image carries signatures, by what the registry holds for it. */
export async function formatsOf(image: string): Promise<readonly SiteVariant['format'][]> {
  const tag = signatureOf(image)
  const [referrers, legacy] = await Promise.all([manifestOf(tag), manifestOf(`${tag}.sig`)])
  const found = {
    bundle: referrers.includes('application/vnd.dev.sigstore.bundle'),
    legacy: legacy !== '',
    'oci-1-1': referrers.includes('application/vnd.dev.cosign.artifact.sig'),
  }
  return (['bundle', 'legacy', 'oci-1-1'] as const).filter((format) => found[format])
}

async function manifestOf(reference: string): Promise<string> {
  try {
    return await crane(['manifest', reference])
  } catch (error) {
    if (/MANIFEST_UNKNOWN|NOT_FOUND/i.test(messageOf(error))) return ''
    throw error
  }
}
