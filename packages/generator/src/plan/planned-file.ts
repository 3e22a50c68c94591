import type { Document } from '../documents/document.ts'
import type { Scope } from '../scope.ts'

/** Fills a template with the values of the file's scope. */
export type Fill = (template: string) => string

/** One file that a site should have, before it is rendered. */
export interface PlannedFile {
  /** Relative to tiers.yaml, with slashes. */
  readonly path: string
  readonly scope: Scope
  /** A template, relative to the templates' folder, or what makes the text of a file that is no template. */
  readonly content: string | Document
  /** The keys of tiers.yaml that decide that there is such a file, where, and from which template. */
  readonly chosenBy: readonly string[]
}
