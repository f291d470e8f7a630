const GENERATED =
  /(?:^|\/)(?:package-lock\.json|npm-shrinkwrap\.json|yarn\.lock|pnpm-lock\.yaml|Cargo\.lock|go\.sum|poetry\.lock|uv\.lock)$|\.min\.\w+$|\.map$|(?:^|\/)(?:dist|vendor)\//;

/** Whether a file is written by a tool and read by nobody: lock files, bundles, minified code. Its source is what is looked at. */
export function isGenerated(path: string): boolean {
  return GENERATED.test(path);
}
