/** Where a repository keeps its rules, from its root. Apart from the schema, so that who only names the file loads no schema. */
export const RULES_FILE = ".roundtable/rules.yaml";
