import type { Finding } from '../finding.ts'
import type { Site } from '../site.ts'
import type { YamlSource } from '../source.ts'

/** Pin steps that would refuse their inputs. */
export function pinFindings({ tiers }: Site, source: YamlSource): readonly Finding[] {
  return tiers.flatMap(({ name, pin }, index) =>
    pin.signingPassphrase === undefined || pin.signingKey !== undefined
      ? []
      : [
          {
            ...source.locate(['tiers', index, 'pin', 'signingPassphrase']),
            code: 'TIERS_MISSING_KEY' as const,
            message: `tier ${name} has the passphrase of a signing key, and no signing key`,
            help: 'Name the forge secret of the key in pin.signingKey, or drop the passphrase.',
          },
        ],
  )
}
