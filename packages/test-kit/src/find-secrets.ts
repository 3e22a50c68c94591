import { type Dirent, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

/** Where a secret was found, and in which form. */
export interface Finding {
  readonly secret: string
  readonly form: string
  readonly where: string
}

/** Named texts, or a folder of which every file is read, however deep; file names count too. */
export type Haystack = Readonly<Record<string, string>> | string

/**
 * Looks for secrets in every form in which one leaks: as it is, each of its lines, base64 at each of the
 * three alignments, base64url, hex, URL-encoded, in JSON, twice in JSON, and as a list of bytes.
 */
export function findSecrets(
  haystack: Haystack,
  secrets: Readonly<Record<string, string>>,
): readonly Finding[] {
  const texts = typeof haystack === 'string' ? readTree(haystack) : Object.entries(haystack)
  const needles = Object.entries(secrets).flatMap(([secret, value]) =>
    formsOf(value).map(([form, needle]) => ({ secret, form, needle })),
  )
  return texts.flatMap(([where, text]) =>
    needles
      .filter(({ needle }) => text.includes(needle))
      .map(({ secret, form }) => ({ secret, form, where })),
  )
}

function formsOf(value: string): readonly (readonly [form: string, needle: string])[] {
  const lines = value.split(/\r?\n/).filter((line) => !/^-----(BEGIN|END) .*-----$/.test(line))
  const all = [...new Set([value, ...lines.map((line) => line.trim())])]
  const forms = all.filter((text) => text.length >= 8).flatMap(encodings)
  // A form that changes nothing is the form before it.
  return forms.filter(([, needle], at) => forms.findIndex((other) => other[1] === needle) === at)
}

function encodings(text: string): [form: string, needle: string][] {
  const bytes = Buffer.from(text)
  const json = JSON.stringify(text).slice(1, -1)
  return [
    ['raw', text],
    ['URL-encoded', encodeURIComponent(text)],
    ['form-encoded', encodeURIComponent(text).replaceAll('%20', '+')],
    ['JSON', json],
    ['JSON in JSON', JSON.stringify(json).slice(1, -1)],
    ['hex', bytes.toString('hex')],
    ['upper-case hex', bytes.toString('hex').toUpperCase()],
    ['byte list', [...bytes].join(',')],
    ...alignedBase64(bytes),
  ]
}

// Inside a longer text the same bytes have one of three base64 forms, of which the ends depend on the
// neighbours and are cut off.
function alignedBase64(bytes: Buffer): [form: string, needle: string][] {
  return [0, 1, 2].flatMap((offset): [string, string][] => {
    const shifted = Buffer.concat([Buffer.alloc(offset), bytes])
    const from = offset === 0 ? 0 : 4
    const whole = Math.floor(shifted.length / 3) * 4
    const form = `base64 at offset ${offset}`
    return [
      [form, shifted.toString('base64').slice(from, whole)],
      [`${form}, URL-safe`, shifted.toString('base64url').slice(from, whole)],
    ]
  })
}

function readTree(directory: string): [string, string][] {
  const entries = readdirSync(directory, { recursive: true, withFileTypes: true })
  return entries.flatMap((entry) => readEntry(directory, entry))
}

function readEntry(root: string, entry: Dirent): [string, string][] {
  const path = join(entry.parentPath, entry.name)
  const name: [string, string] = [`the name of ${path.slice(root.length + 1)}`, entry.name]
  return entry.isFile() ? [name, [path.slice(root.length + 1), readFileSync(path, 'utf8')]] : [name]
}
