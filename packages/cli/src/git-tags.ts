import { execFile } from 'node:child_process'
import { resolve } from 'node:path'
import { promisify } from 'node:util'
import { KnownError, messageOf } from '@tierseal/errors'
import type { Invocation } from './verb.ts'

const run = promisify(execFile)

/** Commits by the tags that name them. */
export type Tags = ReadonlyMap<string, string>

// What a person's own git needs to reach the forge; nothing else of their environment.
const passed = ['PATH', 'HOME', 'SSH_AUTH_SOCK', 'GIT_ASKPASS', 'SSL_CERT_FILE', 'XDG_CONFIG_HOME']

/** The tags of a repository of the forge. @throws KnownError FORGE_UNREACHABLE */
export async function listTags({ text, terminal }: Invocation, address: string): Promise<Tags> {
  const ca = text('git-ca')
  const own = passed.flatMap((name) => {
    const value = terminal.env[name]
    return value === undefined ? [] : [[name, value] as const]
  })
  const env = {
    ...Object.fromEntries(own),
    ...(ca === undefined ? {} : { GIT_SSL_CAINFO: resolve(terminal.folder, ca) }),
    GIT_TERMINAL_PROMPT: '0',
    LC_ALL: 'C',
  }
  try {
    const { stdout } = await run('git', ['ls-remote', '--tags', '--', address], {
      env,
      timeout: 60_000,
    })
    return parseTags(stdout)
  } catch (error) {
    throw new KnownError(
      'FORGE_UNREACHABLE',
      `git ls-remote ${address}: ${lastLine(messageOf(error))}`,
      {
        hint: 'Check forgeAddress and the source in tiers.yaml, your access, and --git-ca.',
        cause: error,
      },
    )
  }
}

// An annotated tag has a commit behind it, listed with ^{} after the tag object's own line.
function parseTags(text: string): Tags {
  const rows = [...text.matchAll(/^([0-9a-f]{40})\trefs\/tags\/(.+?)(?:\^\{\})?$/gm)]
  return new Map(rows.map((row) => [row[2] ?? '', row[1] ?? '']))
}

function lastLine(text: string): string {
  return text.trim().split('\n').at(-1) ?? ''
}
