/** Name of the file of known vulnerabilities that is kept where no other is named. */
export const ADVISORIES_FILE = "advisories.json";
