import { KnownError, messageOf, rotateRunbook } from '@tierseal/errors'
import type { Site } from '@tierseal/tiers'
import type { PublicKeys } from './plan.ts'
import { type VerifyingKey, verifyingKey } from './signing-key-form.ts'
import type { SiteFolder } from './site-files/folder.ts'

const block = /-----BEGIN ([A-Z0-9 ]+)-----[\s\S]*?-----END \1-----/g

const remedies = {
  PUBLIC_KEY_INVALID: `Write it anew with tierseal keys fetch TIER --drop-others. A private key that stood in a file is no secret any more: ${rotateRunbook}.`,
  PUBLIC_KEY_SHARED:
    'Give each tier a key of its own: tierseal keys init TIER, or tierseal keys fetch TIER --drop-others where Vault has one.',
} as const

interface Problem {
  readonly code: keyof typeof remedies
  readonly message: string
}

/** The record of one tier as it was read. */
interface Record {
  readonly tier: string
  readonly file: string
  readonly keys: readonly VerifyingKey[]
  readonly problems: readonly Problem[]
}

/** Where the public keys of a tier are recorded, beside tiers.yaml. */
export function publicKeyFile(tier: string): string {
  return `keys/${tier}.pem`
}

/**
 * The public keys on record, read from Vault by `tierseal keys fetch` and reviewed like any other change:
 * generating needs neither Vault nor a network.
 *
 * @throws KnownError PUBLIC_KEY_INVALID, PUBLIC_KEY_SHARED, its message everything that is wrong with them
 */
export function readPublicKeys(site: Site, folder: SiteFolder): PublicKeys {
  const records = readRecords(site, folder)
  refuse([...records.flatMap(({ problems }) => problems), ...shared(records)])
  return new Map(records.map(({ tier, keys }) => [tier, keys.map(({ pem }) => pem)]))
}

/**
 * Refuses records, by their files, with which two tiers would trust one key: among themselves, or with a record that
 * stays.
 *
 * @throws KnownError PUBLIC_KEY_SHARED
 */
export function demandOwnKeys(
  site: Site,
  folder: SiteFolder,
  fresh: ReadonlyMap<string, string>,
): void {
  refuse(shared(readRecords(site, folder, fresh)))
}

function readRecords(
  site: Site,
  folder: SiteFolder,
  fresh: ReadonlyMap<string, string> = new Map(),
): readonly Record[] {
  const look = folder.look()
  return site.tiers.flatMap(({ name }) => {
    const file = publicKeyFile(name)
    if (look.kindOf(file) === 'nothing' && !fresh.has(file)) return []
    const text = fresh.get(file) ?? folder.read(file, look)
    const read = text === undefined ? noFile(file) : parseRecord(file, text)
    return [{ tier: name, file, ...read }]
  })
}

/** @throws KnownError PUBLIC_KEY_INVALID for anything but one or two public keys in PEM */
export function parsePublicKeys(file: string, text: string): readonly string[] {
  const { keys, problems } = parseRecord(file, text)
  refuse(problems)
  return keys.map(({ pem }) => pem)
}

function refuse(problems: readonly Problem[]): void {
  const [first] = problems
  if (first === undefined) return
  const codes = [...new Set(problems.map(({ code }) => code))]
  throw new KnownError(first.code, problems.map(({ message }) => message).join('\n'), {
    hint: codes.map((code) => remedies[code]).join('\n'),
  })
}

// Read as no key, it would close the tier for every image.
function noFile(file: string): Pick<Record, 'keys' | 'problems'> {
  const message = `${file} is no plain file`
  return { keys: [], problems: [{ code: 'PUBLIC_KEY_INVALID', message }] }
}

function parseRecord(file: string, text: string): Pick<Record, 'keys' | 'problems'> {
  const problems: Problem[] = []
  const invalid = (what: string): void => {
    problems.push({ code: 'PUBLIC_KEY_INVALID', message: `${file}${what}` })
  }
  const blocks = [...text.matchAll(block)].map(([pem, label = '']) => ({ pem, label }))
  const foreign = blocks.filter(({ label }) => label !== 'PUBLIC KEY')
  for (const { label } of foreign) invalid(` holds a ${label}`)
  const pems = blocks.filter(({ label }) => label === 'PUBLIC KEY').map(({ pem }) => pem)
  if (pems.length === 0 || pems.length > 2) {
    invalid(` holds ${pems.length} public keys${pems.length === 0 ? '' : '; expected one or two'}`)
  }
  const keys = pems.flatMap((pem) => {
    try {
      return [verifyingKey(pem)]
    } catch (error) {
      invalid(`: ${messageOf(error)}`)
      return []
    }
  })
  const [current, other] = keys
  if (current?.identity === other?.identity && other !== undefined) invalid(' holds one key twice')
  return { keys, problems }
}

// Whoever signs for one of the two tiers signs for the other: the paths differ, and nothing else does.
function shared(records: readonly Record[]): readonly Problem[] {
  return records.flatMap(({ file, keys }, index) =>
    records
      .slice(0, index)
      .filter((earlier) =>
        earlier.keys.some((key) => keys.some(({ identity }) => identity === key.identity)),
      )
      .map((earlier) => ({
        code: 'PUBLIC_KEY_SHARED' as const,
        message: `${earlier.file} and ${file} hold the same key`,
      })),
  )
}
