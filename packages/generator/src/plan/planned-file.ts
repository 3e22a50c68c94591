import type { Scope } from '../scope.ts'

/** Fills a template with the values of the file's scope. */
export type Fill = (template: string) => string

/** One file that a site should have, before it is rendered. */
export interface PlannedFile {
  /** Relative to tiers.yaml, with slashes. */
  readonly path: string
  readonly scope: Scope
  /** A template, relative to the templates' folder, or the whole text for what is not YAML. */
  readonly content: string | ((scope: Scope, fill: Fill) => string)
}
