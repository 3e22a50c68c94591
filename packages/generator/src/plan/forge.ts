import type { Site } from '@tierseal/tiers'
import { codeownersText } from '../documents/codeowners.ts'
import { protectedPathsText } from '../documents/protected-paths.ts'
import { renovateText } from '../documents/renovate.ts'
import type { PlannedFile } from './planned-file.ts'

/** What the forge should be told about the generated files. */
export function planForge(site: Site): readonly PlannedFile[] {
  const scope = { site }
  return [
    { path: 'platform/forge/CODEOWNERS', content: codeownersText, scope },
    { path: 'platform/forge/protected-paths.txt', content: protectedPathsText, scope },
    { path: 'platform/forge/renovate.json', content: renovateText, scope },
  ]
}
