// The least that a program compiled by the same recipe does: what letme's start is held against.
console.log("letme");
