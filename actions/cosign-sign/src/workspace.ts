import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { makeTemporaryDirectory, removeTemporaryDirectory, saveState } from '@tierseal/action-kit'
import { workspaceState } from './state.ts'

/**
 * The folder that stands for home, docker configuration and trust while cosign runs: it reads nothing
 * else of the runner. Nothing secret is written to it.
 */
export interface Workspace {
  readonly directory: string
  /** No service but the given key is asked for anything. */
  readonly signingConfigPath: string
  /** Trusts nobody: only the key counts. Without it cosign asks TUF for one. */
  readonly trustedRootPath: string
  /** Writes a file that is no secret, and returns its path. */
  write(name: string, content: string): string
  remove(): void
}

const signingConfig =
  '{"mediaType":"application/vnd.dev.sigstore.signingconfig.v0.2+json","rekorTlogConfig":{},"tsaConfig":{}}'
const trustedRoot = '{"mediaType":"application/vnd.dev.sigstore.trustedroot+json;version=0.1"}'

// A socket's path has at most 107 bytes (sun_path); the key agent's socket goes into this folder.
const maxDirectoryBytes = 100

/** Makes the folder, of mode 0700; post removes it where this process was killed. */
export function openWorkspace(): Workspace {
  const announce = (path: string): void => saveState(workspaceState, path)
  const directory = makeTemporaryDirectory('sign', announce, { maxBytes: maxDirectoryBytes })
  const write = (name: string, content: string): string => {
    const path = join(directory, name)
    writeFileSync(path, content, { mode: 0o600 })
    return path
  }
  mkdirSync(join(directory, 'docker'))
  return {
    directory,
    signingConfigPath: write('signing-config.json', signingConfig),
    trustedRootPath: write('trusted-root.json', trustedRoot),
    write,
    remove: () => removeTemporaryDirectory(directory),
  }
}
