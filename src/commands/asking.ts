import type { Invocation } from "../cli/declaration.ts";
import { liveLine } from "../io/live-line.ts";

/** Whether somebody is there to be asked, and may be. */
export function mayAsk({ host, arguments: given }: Invocation): boolean {
  const ci = host.env["CI"];
  return (
    !given.on("no-input") &&
    (ci === undefined || ci === "" || ci === "false") &&
    host.terminal.canAsk()
  );
}

/** Waits until the device shows its next code; on a terminal the seconds are counted down. */
export async function waitForCode(
  { host, report, arguments: given }: Invocation,
  milliseconds: number,
): Promise<void> {
  const text = (seconds: number) =>
    `That code was used already. The next one comes in ${seconds} s`;
  const line = given.on("quiet") ? undefined : liveLine(host.terminal, host.env);
  if (line === undefined) {
    // Also with `--quiet`: it would look as if nothing happened any more.
    report.warn(text(Math.ceil(milliseconds / 1000)));
    return host.clock.sleep(milliseconds);
  }
  for (let left = milliseconds; left > 0; left -= 1000) {
    line.show(text(Math.ceil(left / 1000)));
    await host.clock.sleep(Math.min(1000, left));
  }
  line.clear();
}
