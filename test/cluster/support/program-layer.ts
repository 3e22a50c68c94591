import { copyFileSync, mkdirSync, realpathSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { baseImage, command, crane, hostOf } from '@tierseal/test-kit/lab'

/** Copies a program of this machine into the root of an image, with the libraries that it loads. */
export async function copyProgram(
  root: string,
  binary: string,
  target: string,
  libraries = '',
): Promise<void> {
  mkdirSync(dirname(join(root, target)), { recursive: true })
  copyFileSync(realpathSync(binary), join(root, target))
  const env: Record<string, string> = libraries === '' ? {} : { LD_LIBRARY_PATH: libraries }
  const listing = await command('ldd', [binary], { env })
  for (const [, path = ''] of listing.matchAll(/(\/\S+) \(0x/g)) {
    // By its name on this machine for the loader, flat for the rest: the loader looks there too.
    const folder = path.includes('ld-linux') ? 'lib64' : 'lib/x86_64-linux-gnu'
    mkdirSync(join(root, folder), { recursive: true })
    copyFileSync(realpathSync(path), join(root, folder, path.slice(path.lastIndexOf('/') + 1)))
  }
}

/** Pushes the base image with a folder laid over it, run as root; gives it by digest. */
export async function pushOverBase(root: string, repository: string): Promise<string> {
  const name = `${hostOf('registry')}/${repository}:1`
  await command('tar', ['--owner=0', '--group=0', '-C', root, '-cf', `${root}.tar`, '.'])
  await crane(['append', '--base', baseImage, '--new_layer', `${root}.tar`, '--new_tag', name])
  const settings = ['--user', '0', '--env', 'PATH=/bin:/usr/bin']
  const said = await crane(['mutate', name, ...settings, '--tag', name])
  return `${hostOf('registry')}/${repository}@${/sha256:[0-9a-f]{64}/.exec(said)?.[0]}`
}
