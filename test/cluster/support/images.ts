import { mkdirSync, writeFileSync } from 'node:fs'
import {
  baseImage,
  type CommandResult,
  crane,
  hostOf,
  labPath,
  program,
  siteCa,
  tryCommand,
} from '@tierseal/test-kit/lab'
import type { SiteVariant } from './tiers.ts'

/** Pushes an image that is like no other, and gives it by digest. */
export async function pushImage(
  path: string,
  tag: string,
  registry: SiteVariant['registry'] = 'registry',
): Promise<string> {
  const name = `${hostOf(registry)}/${path}`
  const label = `lab.case=${path}:${tag}`
  const sleep = ['--entrypoint', '/bin/busybox,sleep,100000']
  const out = await crane([
    'mutate',
    baseImage,
    '--label',
    label,
    ...sleep,
    '--tag',
    `${name}:${tag}`,
  ])
  const digest = /sha256:[0-9a-f]{64}/.exec(out)?.[0]
  if (digest === undefined) throw new Error(`crane gave no digest: ${out}`)
  return `${name}@${digest}`
}

/** Points a tag at another image of the registry, as somebody with push rights can at any time. */
export async function moveTag(path: string, tag: string, image: string): Promise<void> {
  await crane(['copy', image, `${hostOf('registry')}/${path}:${tag}`])
}

/** Copies an image as one account of the registry and no other. */
export function pushAs(
  { name, password }: { readonly name: string; readonly password: string },
  image: string,
  target: string,
): Promise<CommandResult> {
  const directory = labPath('site', `docker-${name}`)
  mkdirSync(directory, { recursive: true })
  const auth = Buffer.from(`${name}:${password}`).toString('base64')
  const config = { auths: { [hostOf('registry')]: { auth } } }
  writeFileSync(`${directory}/config.json`, JSON.stringify(config), { mode: 0o600 })
  const env = { DOCKER_CONFIG: directory, SSL_CERT_FILE: siteCa }
  return tryCommand(program('crane'), ['copy', image, target], { env })
}
