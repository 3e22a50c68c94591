import { randomUUID } from 'node:crypto'
import {
  type Breadth,
  breadthOf,
  kvDataPath,
  kvMetadataPath,
  othersKeys,
  transitBreadth,
} from '@tierseal/vault'
import type { Inputs } from './inputs.ts'

type PathInputs = Pick<
  Inputs,
  | 'kvMount'
  | 'kvVersion'
  | 'secretPath'
  | 'publicPath'
  | 'siblings'
  | 'transitMount'
  | 'transitKey'
  | 'handover'
>

/** The paths to ask about: the tier's own, its siblings, and random ones that nobody granted by name. */
export function expectedBreadth(inputs: PathInputs): Breadth {
  const { transitMount: mount, transitKey: key = '', siblings } = inputs
  const own =
    inputs.handover === 'transit'
      ? transitBreadth({ mount, key }, siblings.transitKeys)
      : { ...ownSecret(inputs), denied: [...history(inputs), ...othersKeys(mount, [])] }
  return breadthOf(own, publicSecret(inputs), { denied: othersSecrets(inputs) })
}

/** Where in the key-value engine the token of this tier has no business. */
export function othersSecrets(inputs: PathInputs): readonly string[] {
  const { kvMount: mount, secretPath = usualPath, siblings } = inputs
  const random = randomUUID()
  // A sibling that nobody knows: a policy with a wildcard is seen here, whatever tiers there are.
  const beside = [...secretPath.split('/').slice(0, -1), random].join('/')
  const paths = [...siblings.secretPaths, beside, random].map((path) => at(inputs, path))
  return [...new Set([...paths, `${mount}/${random}`])]
}

// Where the generator puts the secrets of tiers, for a tier that has its key in the transit engine.
const usualPath = 'tiers/any'

function ownSecret(inputs: PathInputs): Pick<Breadth, 'allowed' | 'mistaken'> {
  const { kvMount: mount, kvVersion, secretPath: path = '' } = inputs
  const other = kvDataPath({ mount, path, kvVersion: kvVersion === 2 ? 1 : 2 })
  const flaw = 'is the path of the other KV version: correct the policy or kv-version'
  return { allowed: new Map([[at(inputs, path), 'read']]), mistaken: new Map([[other, flaw]]) }
}

function publicSecret(inputs: PathInputs): Pick<Breadth, 'allowed'> {
  const { publicPath } = inputs
  return {
    allowed: new Map(publicPath === undefined ? [] : [[at(inputs, publicPath), 'read']]),
  }
}

function history({
  kvMount: mount,
  kvVersion,
  secretPath: path = '',
}: PathInputs): readonly string[] {
  return kvVersion === 2 ? [kvMetadataPath({ mount, path, kvVersion })] : []
}

function at({ kvMount: mount, kvVersion }: PathInputs, path: string): string {
  return kvDataPath({ mount, path, kvVersion })
}
