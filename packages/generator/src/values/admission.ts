import { KnownError } from '@tierseal/errors'
import type { PolicyVariant, Scope } from '../scope.ts'
import { type Bindings, ofTier } from './binding.ts'

/** What admission policies are made of. */
export const admissionBindings: Bindings = {
  'policy.name': ofTier(['tier.name'], (scope) => variant(scope).name),
  'policy.operations': ofTier([], (scope) => variant(scope).operations),
  'policy.resources': ofTier([], (scope) => variant(scope).resources),
  'policy.excludedNamespaces': ofTier(
    ['policy.excludedNamespaces'],
    ({ site }) => site.policy.excludedNamespaces,
  ),
  'policy.platformImages': ofTier(
    ['policy.platformImages', 'tier.platformImages', 'tier.build.image'],
    ({ tier }) => celList(tier.platformImages),
  ),
  'policy.exceptions': ofTier(['policy.exceptions'], ({ site }) => celList(site.policy.exceptions)),
  'policy.unsignedMessage': ofTier(['policy.runbooks', 'tier.name'], ({ site, tier }) =>
    message(site, `not signed by the key of tier ${tier.name}`, 'image-not-signed'),
  ),
  'policy.noKeyMessage': ofTier(['policy.runbooks', 'tier.name'], ({ site, tier }) =>
    message(site, `tier ${tier.name} has no key to verify with yet`, 'no-key'),
  ),
  'policy.foreignMessage': ofTier(
    ['policy.runbooks', 'tier.registryPath', 'registry.host'],
    ({ site, tier }) =>
      message(
        site,
        `tier ${tier.name} runs images below ${tier.imagePrefix} and its platform images only`,
        'foreign-image',
      ),
  ),
  'policy.mountedMessage': ofTier(['policy.runbooks', 'tier.name'], ({ site, tier }) =>
    message(
      site,
      `tier ${tier.name} mounts no image as a volume but its platform images`,
      'foreign-image',
    ),
  ),
  'policy.exceptionMessage': ofTier(['policy.runbooks'], ({ site }) =>
    message(site, 'this PolicyException is not listed in tiers.yaml', 'policy-exception'),
  ),
  'tier.cosignOCI11': ofTier(['tier.signature.format'], ({ tier }) =>
    tier.signature.format === 'oci-1-1' ? true : undefined,
  ),
  'trial.signed': ofTier(['tier.trialImages.signed'], ({ tier }) => tier.trialImages?.signed),
  'trial.unsigned': ofTier(['tier.trialImages.unsigned'], ({ tier }) => tier.trialImages?.unsigned),
  'tier.publicKey': ofTier(
    ['record', 'tier.vault.publicPath'],
    ({ publicKeys }) => publicKeys?.[0],
  ),
  'tier.otherPublicKey': ofTier(
    ['record', 'tier.vault.publicPath'],
    ({ publicKeys }) => publicKeys?.[1],
  ),
}

function variant({ policy }: Scope): PolicyVariant {
  if (policy !== undefined) return policy
  throw new KnownError('TEMPLATE_INVALID', 'a placeholder of a policy in a file that is no policy')
}

// Every part has been checked to hold no quote and no backslash, so JSON and CEL agree on it.
function celList(values: readonly string[]): string {
  return `[${values.map((value) => JSON.stringify(value)).join(', ')}]`
}

// A denial shows nothing but this text, so it has to say where the rest stands.
function message({ policy }: Scope['site'], what: string, runbook: string): string {
  const page = `${runbook}.md`
  const address = policy.runbooks?.replace(/\/$/, '')
  const where = address === undefined ? `docs/runbooks/${page} of tierseal` : `${address}/${page}`
  return `${what}: see ${where}`
}
