import { createHmac, randomBytes } from 'node:crypto'
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { labPath } from './layout.ts'
import type { RegistryAccount } from './registry-rights.ts'

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

/** Accounts of the site's registry that are no tier's: the platform fills it, nodes and admission pull. */
export const siteAccount = {
  pusher: 'platform',
  pusherPassword: () => passwordFor('registry platform'),
  puller: 'puller',
  pullerPassword: () => passwordFor('registry puller'),
} as const

/** The account of a tier's builds: it pushes below the path of its tier and nowhere else. */
export function builderOf(tier: string): { readonly name: string; readonly password: string } {
  return { name: `builder-${tier}`, password: passwordFor(`registry builder of ${tier}`) }
}

/** Every account of the registry, by name, as its token server reads them. */
export function registryAccounts(): Readonly<Record<string, RegistryAccount>> {
  const { pusher, pusherPassword, puller, pullerPassword } = siteAccount
  const all = ['pull', 'push', 'delete']
  const builders = ['dev', 'prod'].map((tier) => {
    const { name, password } = builderOf(tier)
    const rights = [
      { path: `${tier}/`, actions: ['pull', 'push'] },
      { path: 'platform/', actions: ['pull'] },
    ]
    return [name, { password, rights }] as const
  })
  return {
    [pusher]: { password: pusherPassword(), rights: [{ path: '', actions: all }] },
    [puller]: { password: pullerPassword(), rights: [{ path: '', actions: ['pull'] }] },
    ...Object.fromEntries(builders),
  }
}
