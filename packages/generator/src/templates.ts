import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { compileTemplate } from './template/compile.ts'
import type { Template } from './template/template.ts'

/** The templates of this checkout. */
export const templatesFolder: string = fileURLToPath(new URL('../../../workflows', import.meta.url))

/** Reads each template once. */
export class Templates {
  readonly #folder: string
  readonly #compiled = new Map<string, Template>()

  constructor(folder: string = templatesFolder) {
    this.#folder = folder
  }

  /** @throws KnownError TEMPLATE_INVALID */
  get(name: string): Template {
    const known = this.#compiled.get(name)
    if (known !== undefined) return known
    const template = compileTemplate(name, readFileSync(join(this.#folder, name), 'utf8'))
    this.#compiled.set(name, template)
    return template
  }
}
