/** Ends a child that leads a process group of its own, with all that it started. */
export function killGroup(pid: number): void {
  try {
    process.kill(process.platform === "win32" ? pid : -pid, "SIGKILL");
  } catch {
    // It has just ended by itself.
  }
}

/** `SIGINT`; null where the child ended by itself. */
export function signalName(signal: string | number | null): string | null {
  return signal === null ? null : String(signal);
}
