import { spawn } from 'node:child_process'
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { hashInputs } from './build/hash-inputs.ts'
import { root } from './root.ts'

/** The actions in the order of the chain. */
export const actions = [
  'kaniko-build',
  'assert-digest',
  'vault-fetch-key',
  'cosign-sign',
  'kustomize-pin',
] as const

export type ActionName = (typeof actions)[number]

interface Entry {
  readonly action: ActionName
  readonly phase: 'main' | 'post'
}

/**
 * Bundles main and post of every action into actions/<name>/dist/<phase>/index.js, where their input
 * has changed since the last time. Returns how many were built.
 */
export async function bundleActions(): Promise<number> {
  const source = hashInputs(root)
  const stale = entries().filter((entry) => readStamp(entry) !== source)
  // Two at a time: a bundle takes a core for some seconds.
  const queue = [...stale]
  const worker = async (): Promise<void> => {
    for (let entry = queue.shift(); entry !== undefined; entry = queue.shift()) {
      await bundle(entry)
      writeFileSync(stampPath(entry), source)
    }
  }
  await Promise.all([worker(), worker()])
  return stale.length
}

/** Removes every bundle, so that the next build makes all of them. */
export function wipeBundles(): void {
  for (const action of actions) {
    rmSync(join(root, 'actions', action, 'dist'), { recursive: true, force: true })
  }
}

/** The folder of a bundle. */
function outputDirectory({ action, phase }: Entry): string {
  return join(root, 'actions', action, 'dist', phase)
}

function entries(): readonly Entry[] {
  const all = actions.flatMap((action): Entry[] => [
    { action, phase: 'main' },
    { action, phase: 'post' },
  ])
  return all.filter((entry) => existsSync(compiledPath(entry)))
}

function compiledPath({ action, phase }: Entry): string {
  return join(root, 'actions', action, 'lib', `${phase}.js`)
}

function stampPath(entry: Entry): string {
  return join(outputDirectory(entry), '.source-hash')
}

function readStamp(entry: Entry): string | undefined {
  const path = stampPath(entry)
  return existsSync(path) ? readFileSync(path, 'utf8') : undefined
}

function bundle(entry: Entry): Promise<void> {
  rmSync(outputDirectory(entry), { recursive: true, force: true })
  const ncc = join(root, 'node_modules', '.bin', 'ncc')
  const args = ['build', compiledPath(entry), '--out', outputDirectory(entry)]
  const options = ['--minify', '--target', 'es2022', '--license', 'licenses.txt', '--no-cache']
  return new Promise((resolve, reject) => {
    const child = spawn(ncc, [...args, ...options], { stdio: ['ignore', 'pipe', 'pipe'] })
    let output = ''
    child.stdout.on('data', (chunk) => (output += chunk))
    child.stderr.on('data', (chunk) => (output += chunk))
    child.on('close', (code) => {
      if (code === 0) resolve()
      else reject(new Error(`ncc failed for ${entry.action} ${entry.phase}:\n${output}`))
    })
  })
}
