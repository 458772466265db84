import { posixWord, windowsWord } from "./quote-words.ts";

// Commands that a hint names for a person to run: fit to be pasted, whatever the path holds, and for
// the system that the path is of. What throws an error of a file knows no platform, but on Windows
// every path that letme looks at begins with a drive or a share.

/** Shows whom a file or folder belongs to, its mode, and where it leads if it is a link. */
export function showCommand(path: string): string {
  return isOfWindows(path) ? `icacls ${windowsWord(path)}` : `ls -ld ${posixWord(path)}`;
}

export function removeCommand(path: string): string {
  return isOfWindows(path) ? `del ${windowsWord(path)}` : `rm ${posixWord(path)}`;
}

/** Gives it a name behind the one that it has. */
export function moveAwayCommand(path: string): string {
  const words = [path, `${path}.old`];
  return isOfWindows(path)
    ? `move ${words.map(windowsWord).join(" ")}`
    : `mv ${words.map(posixWord).join(" ")}`;
}

export function makeWritableCommand(path: string): string {
  return isOfWindows(path) ? `attrib -r ${windowsWord(path)}` : `chmod u+w ${posixWord(path)}`;
}

function isOfWindows(path: string): boolean {
  return /^(?:[A-Za-z]:[\\/]|\\\\)/.test(path);
}
