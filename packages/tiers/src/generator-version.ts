/** The release of this generator; a site names the one that it is generated with. */
export const generatorVersion = '1.0.0'
