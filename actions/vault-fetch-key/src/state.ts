/** The folder of a key file, for post. */
export const keyDirectoryState = 'key-directory'
