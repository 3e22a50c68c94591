// `npm run build`: compiles the packages and bundles every action. With --verify every bundle is wiped,
// made anew and compared: the same source must give the same bytes.

import { hashBundles } from './build/hash-bundles.ts'
import { actions, bundleActions, wipeBundles } from './bundle.ts'
import { compile } from './compile.ts'

compile()
const built = await bundleActions()
console.error(`tierseal: ${built} bundles built, ${actions.length} actions`)
if (process.argv.includes('--verify')) process.exitCode = (await rebuildsIdentically()) ? 0 : 1

async function rebuildsIdentically(): Promise<boolean> {
  const before = hashBundles()
  wipeBundles()
  await bundleActions()
  const after = hashBundles()
  const different = [...new Set([...before.keys(), ...after.keys()])].filter(
    (file) => before.get(file) !== after.get(file),
  )
  for (const file of different) console.error(`build: ${file} has other bytes when built again`)
  console.log(`${after.size - different.length} passed, ${different.length} failed`)
  return different.length === 0
}
