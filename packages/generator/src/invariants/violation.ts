/** A promise about generated files that one of them breaks. */
export interface Violation {
  readonly invariant: string
  readonly path: string
  /** From 1; undefined where it is about the whole file. */
  readonly line: number | undefined
  readonly message: string
}

/** Where in a text an offset lies, from 1. */
export function lineOf(text: string, offset: number): number {
  return text.slice(0, offset).split('\n').length
}

/** Whether a generated file is a workflow of a service. */
export function isWorkflow(path: string): boolean {
  return /(^|\/)\.(gitea|github)\/workflows\/[^/]+\.ya?ml$/.test(path)
}
