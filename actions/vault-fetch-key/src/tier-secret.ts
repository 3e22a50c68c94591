import {
  type KvReadRequest,
  type Login,
  refuseOtherBreadth,
  type VaultSession,
} from '@tierseal/vault'
import { expectedBreadth } from './breadth.ts'
import type { Inputs } from './inputs.ts'
import { type PublishedKey, readPublishedKey, versionQuery } from './public-key.ts'

/** Refuses a token of the wrong breadth, then reads the public key where its path is given. */
export async function checkAndPublish(
  session: VaultSession,
  login: Login,
  inputs: Inputs,
): Promise<PublishedKey | undefined> {
  await refuseOtherBreadth(session, login, expectedBreadth(inputs), inputs.expectedPolicies)
  const { publicPath } = inputs
  return publicPath === undefined ? undefined : readPublishedKey(session, publicPath, inputs)
}

/** How many requests that and the read of the key make with a token. */
export function requestsFor({ publicPath }: Pick<Inputs, 'publicPath'>): number {
  return publicPath === undefined ? 2 : 3
}

/** The tier's secret in the version chosen. */
export function secretOf(inputs: Inputs, version: number | undefined): KvReadRequest {
  const { kvMount: mount, kvVersion, secretPath: path = '' } = inputs
  return { mount, path, kvVersion, ...versionQuery(version, kvVersion) }
}
