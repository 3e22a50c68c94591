import { randomUUID } from 'node:crypto'
import {
  type Breadth,
  breadthOf,
  kvDataPath,
  kvPaths,
  othersKeys,
  pathsBeside,
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
  const { kvMount: mount, kvVersion, publicPath, siblings } = inputs
  const { secretPath = usualPath(inputs) } = inputs
  const random = randomUUID()
  // Siblings that nobody knows: a policy with a wildcard is seen here, whatever tiers there are.
  const own = publicPath === undefined ? [secretPath] : [secretPath, publicPath]
  const beside = own.flatMap((path) => pathsBeside(path, random))
  const paths = [...siblings.secretPaths, ...beside, random].flatMap((path) =>
    kvPaths({ mount, path, kvVersion }),
  )
  return [...new Set([...paths, `${mount}/${random}`])]
}

// Where the generator puts the secrets of tiers, for a tier that has its key in the transit engine.
function usualPath({ transitKey = 'any' }: PathInputs): string {
  return `tiers/${transitKey}`
}

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

function history(inputs: PathInputs): readonly string[] {
  const { kvMount: mount, kvVersion, secretPath: path = '' } = inputs
  return kvPaths({ mount, path, kvVersion }).filter((each) => each !== at(inputs, path))
}

function at({ kvMount: mount, kvVersion }: PathInputs, path: string): string {
  return kvDataPath({ mount, path, kvVersion })
}
