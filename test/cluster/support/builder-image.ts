import {
  copyFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  realpathSync,
  writeFileSync,
} from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { baseImage, command, crane, hostOf, labPath, program } from '@tierseal/test-kit/lab'

/**
 * An image that keeps the contract of a kaniko executor with Debian's buildah: the lab's stand-in, since no
 * kaniko can be had as a package. Gives it by digest.
 */
export async function pushBuilderImage(): Promise<string> {
  const root = labPath('builder')
  const name = `${hostOf('registry')}/platform/builder:1`
  for (const directory of ['bin', 'kaniko', 'etc/containers', 'work', 'root', 'usr/bin']) {
    mkdirSync(join(root, directory), { recursive: true })
  }
  copyFileSync(
    fileURLToPath(new URL('executor.sh', import.meta.url)),
    join(root, 'kaniko/executor'),
  )
  writeFileSync(
    join(root, 'etc/containers/policy.json'),
    '{"default":[{"type":"insecureAcceptAnything"}]}',
  )
  await copyBuildah(root)
  await command('chmod', ['0755', join(root, 'kaniko/executor')])
  await command('tar', ['--owner=0', '--group=0', '-C', root, '-cf', `${root}.tar`, '.'])
  await crane(['append', '--base', baseImage, '--new_layer', `${root}.tar`, '--new_tag', name])
  const said = await crane([
    'mutate',
    name,
    '--user',
    '0',
    '--env',
    'PATH=/bin:/usr/bin',
    '--tag',
    name,
  ])
  return `${hostOf('registry')}/platform/builder@${/sha256:[0-9a-f]{64}/.exec(said)?.[0]}`
}

async function copyBuildah(root: string): Promise<void> {
  const { binary, libraries } = locateBuildah()
  copyFileSync(binary, join(root, 'usr/bin/buildah'))
  const env: Record<string, string> = libraries === '' ? {} : { LD_LIBRARY_PATH: libraries }
  const listing = await command('ldd', [binary], { env })
  for (const [, path = ''] of listing.matchAll(/(\/\S+) \(0x/g)) {
    // By its name on this machine for the loader, flat for the rest: the loader looks there too.
    const target = path.includes('ld-linux')
      ? join(root, 'lib64')
      : join(root, 'lib', 'x86_64-linux-gnu')
    mkdirSync(target, { recursive: true })
    copyFileSync(realpathSync(path), join(target, path.slice(path.lastIndexOf('/') + 1)))
  }
}

// Taken from the machine, or unpacked behind a wrapper that knows its libraries.
function locateBuildah(): { binary: string; libraries: string } {
  const path = program('buildah')
  const unpacked = join(dirname(dirname(path)), 'root')
  if (!existsSync(unpacked)) return { binary: path, libraries: '' }
  const folders = ['usr/lib', 'lib'].flatMap((folder) => {
    const parent = join(unpacked, folder)
    return existsSync(parent) ? readdirSync(parent).map((name) => join(parent, name)) : []
  })
  const libraries = folders.filter((folder) => folder.endsWith('-linux-gnu')).join(':')
  return { binary: join(unpacked, 'usr/bin/buildah'), libraries }
}
