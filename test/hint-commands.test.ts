import { expect, test } from "bun:test";
import {
  makeWritableCommand,
  moveAwayCommand,
  removeCommand,
  showCommand,
} from "../src/hint-commands.ts";
import { splitCommand } from "../src/split-words.ts";

const commands = [showCommand, removeCommand, moveAwayCommand, makeWritableCommand];

test.each(["/home/user/.aws/config", "/home/o'neil/my files/$HOME/;x\"`y`\\z", "relative -x"])(
  "a shell takes %j for one word",
  (path) => {
    for (const command of commands) {
      const words = splitCommand(command(path), "linux");
      expect(words?.filter((word) => word === path || word === `${path}.old`)).toHaveLength(
        command === moveAwayCommand ? 2 : 1,
      );
    }
    expect(showCommand(path)).toStartWith("ls -ld ");
  },
);

test.each(["C:\\Users\\A B\\.aws\\config", "\\\\server\\share\\config"])(
  "a path of Windows gets a command of Windows: %s",
  (path) => {
    for (const command of commands) expect(splitCommand(command(path), "win32")).toContain(path);
    expect(commands.map((command) => command(path).split(" ")[0])).toEqual([
      "icacls",
      "del",
      "move",
      "attrib",
    ]);
  },
);
