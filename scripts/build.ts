// `npm run build`: compiles the packages and bundles every action. With --verify every bundle is wiped,
// made anew and compared: the same source must give the same bytes.

import { hashBundles } from './build/hash-bundles.ts'
import { actions, bundleActions, wipeBundles } from './bundle.ts'
import { runScript } from './command-line.ts'
import { compile } from './compile.ts'

const usage = `Usage: npm run build [-- --verify]

  --verify  make every bundle a second time and compare: ends with 1 where one has other bytes`

const config = { options: { verify: { type: 'boolean', default: false } } } as const

await runScript({ name: 'build', usage, config }, async ({ values }) => {
  compile()
  const built = await bundleActions()
  console.error(`tierseal: ${built} bundles built, ${actions.length} actions`)
  return values.verify && !(await rebuildsIdentically()) ? 1 : 0
})

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
