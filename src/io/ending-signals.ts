/** With which users and systems ask a program to end. Windows has no SIGQUIT. */
export const endingSignals: readonly NodeJS.Signals[] = [
  ...(["SIGINT", "SIGTERM", "SIGHUP"] as const),
  ...(process.platform === "win32" ? [] : (["SIGQUIT"] as const)),
];
