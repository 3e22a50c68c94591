import { jsonSchemaText, type Site } from '@tierseal/tiers'
import type { RenderedFile } from './render.ts'

/** Beside tiers.yaml, for the editor. */
export const schemaPath = 'tiers.schema.json'

/** The schema of this release, which an older one may have written. */
export function schemaFile(site: Site): RenderedFile {
  const [scope, text] = [{ site }, jsonSchemaText()]
  const content = {
    source: () => 'packages/tiers/src/site-schema.ts',
    text: () => text,
    from: () => ['generator'],
  }
  const planned = { path: schemaPath, scope, content, chosenBy: [] }
  return { path: schemaPath, scope, text, planned, trace: undefined }
}
