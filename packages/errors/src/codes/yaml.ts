import type { CodeTable } from '../code-entry.ts'

/** YAML that is read to be edited byte for byte. */
export const yamlCodes = {
  YAML_INVALID: {
    meaning: 'The file is not well-formed YAML in UTF-8; the message has the position.',
    remedy: 'Correct the file; nothing was written.',
  },
  YAML_MULTI_DOCUMENT: {
    meaning: 'The file holds several YAML documents, or none, where one is expected.',
    remedy: 'Keep one document per file.',
  },
  YAML_EDIT_REFUSED: {
    meaning: 'The edited bytes would not read back as exactly the intended values.',
    remedy: 'Write the place that the message names in plain block style and run again.',
  },
} as const satisfies CodeTable
