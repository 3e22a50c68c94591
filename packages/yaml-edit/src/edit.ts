import { isDeepStrictEqual } from 'node:util'
import { KnownError, messageOf } from '@tierseal/errors'
import { applySplices, type Splice } from './splice.ts'
import { parseYaml, type YamlSource } from './yaml-source.ts'

/**
 * Applies splices to the source and proves the result: read again, it must hold exactly the intended
 * values. A serialiser would change bytes that nobody asked for (indentation, quotes, blank lines, even
 * `0123`); splices at node ranges cannot, and the second reading catches a splice that hit the wrong place.
 *
 * @param intended what the whole document must read as afterwards
 * @throws KnownError YAML_EDIT_REFUSED
 */
export function editYaml(
  source: YamlSource,
  splices: readonly Splice[],
  intended: unknown,
): YamlSource {
  const text = applySplices(source.text, splices)
  const edited = parseEdited(source.file, text)
  if (isDeepStrictEqual(edited.values(), intended)) return edited
  throw new KnownError(
    'YAML_EDIT_REFUSED',
    `${source.file}: the edited text would not read back as the intended values`,
  )
}

function parseEdited(file: string, text: string): YamlSource {
  try {
    return parseYaml(file, text)
  } catch (error) {
    throw new KnownError(
      'YAML_EDIT_REFUSED',
      `${file}: the edited text would not be YAML: ${messageOf(error)}`,
      { cause: error },
    )
  }
}
