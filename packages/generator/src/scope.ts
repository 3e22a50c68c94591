import type { Service, Site, Tier } from '@tierseal/tiers'

/** Which of a tier's admission policies a file holds. */
export interface PolicyVariant {
  readonly name: string
  readonly resources: readonly string[]
  readonly operations: readonly string[]
}

/** What one file is generated for: the site, a tier of it, a service in that tier. */
export interface Scope {
  readonly site: Site
  readonly tier?: Tier
  readonly service?: Service
  /** The public keys that the tier accepts, PEM, the current one first. */
  readonly publicKeys?: readonly string[]
  readonly policy?: PolicyVariant
}

/** A scope that is known to have a tier. */
export interface TierScope extends Scope {
  readonly tier: Tier
}

/** A scope that is known to have a tier and a service. */
export interface ServiceScope extends TierScope {
  readonly service: Service
}
