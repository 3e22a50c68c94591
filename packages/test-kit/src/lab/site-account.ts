import { createHmac, randomBytes } from 'node:crypto'
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { labPath } from './layout.ts'

// One random seed per lab; every password is derived from it, so that no list of them is kept.
function seed(): Buffer {
  const path = labPath('pki', 'seed')
  if (!existsSync(path)) {
    mkdirSync(labPath('pki'), { recursive: true, mode: 0o711 })
    writeFileSync(path, randomBytes(32), { mode: 0o600 })
  }
  return readFileSync(path)
}

/** A password of this lab, the same whenever it is asked for. */
export function passwordFor(purpose: string): string {
  return createHmac('sha256', seed()).update(purpose).digest('hex').slice(0, 32)
}

/** The accounts of the site's registry: builders push, nodes and admission pull. */
export const siteAccount = {
  pusher: 'builder',
  pusherPassword: () => passwordFor('registry builder'),
  puller: 'puller',
  pullerPassword: () => passwordFor('registry puller'),
} as const
