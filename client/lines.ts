// The messages of findings in lines that the peek of the editor has room for: it shows each as it is and cuts it.

/** So many characters the peek shows in a window of 1280 pixels. */
const WIDTH = 88;

/** A message in lines: broken where a part of it ends, what is wrong before what to do, and else between words. */
export function inLines(message: string): string {
  if (message.length <= WIDTH) return message;
  const lines: string[] = [];
  for (const part of message.split(/(?<=[:;.]) +(?=\S)/)) {
    const last = lines.at(-1);
    const joined = last === undefined || /:$/.test(last) ? part : `${last} ${part}`;
    if (last !== undefined && joined !== part && joined.length <= WIDTH) lines[lines.length - 1] = joined;
    else lines.push(...wrapped(part));
  }
  return lines.join("\n");
}

function wrapped(text: string): readonly string[] {
  const lines: string[] = [];
  let line = "";
  for (const word of text.split(" ")) {
    if (line !== "" && line.length + 1 + word.length > WIDTH) {
      lines.push(line);
      line = word;
    } else line = line === "" ? word : `${line} ${word}`;
  }
  return [...lines, line];
}
