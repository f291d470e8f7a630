const SOURCE =
  /\.(?:[cm]?[jt]sx?|py|go|rs|java|kt|rb|php|cs|c|cc|cpp|h|swift|scala)$/;
const TEST =
  /(?:^|\/)(?:tests?|__tests__|spec)\/|[._-](?:test|spec)\.|(?:^|\/)test_|_test\.|Tests?\.\w+$/;

/** Whether a path names code that people write and that runs; tests are among it, declaration files are not. */
export function isSource(path: string): boolean {
  return SOURCE.test(path) && !/\.d\.[cm]?ts$/.test(path);
}

/** Whether a path names a test, by the habits of many languages. */
export function isTest(path: string): boolean {
  return TEST.test(path);
}
