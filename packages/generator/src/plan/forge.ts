import type { Site } from '@tierseal/tiers'
import { codeowners } from '../documents/codeowners.ts'
import { protectedPaths } from '../documents/protected-paths.ts'
import { renovate } from '../documents/renovate.ts'
import type { PlannedFile } from './planned-file.ts'

/** What the forge should be told about the generated files. */
export function planForge(site: Site): readonly PlannedFile[] {
  const scope = { site }
  const chosenBy = ['forge']
  return [
    { path: 'platform/forge/CODEOWNERS', content: codeowners, scope, chosenBy },
    { path: 'platform/forge/protected-paths.txt', content: protectedPaths, scope, chosenBy },
    { path: 'platform/forge/renovate.json', content: renovate, scope, chosenBy },
  ]
}
