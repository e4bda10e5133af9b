/** Where the kernel's message begins in a line of a log, and what stands before it. */
export interface MessageStart {
  readonly at: number;
  /** `T123` or `C1`: the task or CPU that printed it (CONFIG_PRINTK_CALLER). */
  readonly caller: string | null;
  /** A logger put something before it: a line without that is the rest of another. */
  readonly isPrefixed: boolean;
}

/** What loggers, serial consoles and mail put before a message; any number of them, in any order. */
const PREFIXES: readonly RegExp[] = [
  // printk's level, as pstore and serial consoles show it
  /<\d{1,3}>/y,
  // /dev/kmsg and netconsole's extended form: level, number, microseconds, flags, and who printed it; also cut off
  /\d{1,3},\d{0,20}(?:,\d{0,20}(?:,(?:[-c+](?:,caller=([TC]\d{1,10}))?(?:,[^;]{0,80})?)?)?)?(?:;|$)/y,
  // printk's time, also of dmesg --reltime and --show-delta
  /\[\s{0,12}[+<]?\s{0,12}\d{1,12}\.\d{1,9}(?:>| <\s{0,12}\d{1,12}\.\d{1,9}>)?\]/y,
  // CONFIG_PRINTK_CALLER, with the name of the task where the kernel adds it
  /\[\s{0,12}([TC]\d{1,10})(?:\s[^\]]{0,20})?\]/y,
  // dmesg -T, dmesg -H, with --show-delta
  /\[(?:\p{L}{2,4}\.? )?\p{L}{3,5}\.?\s{0,3}\d{1,2} \d\d:\d\d(?::\d\d)?(?:\.\d+)?(?: \d{4})?(?: <\s{0,12}\d{1,12}\.\d{1,9}>)?\]/uy,
  // consoles of phones: (0)[123:swapper/0], [2: kworker/2:1: 123]
  /\(\d+\)\[\d+:[^\]]{1,24}\]/y,
  /\[\d{1,4}:[^\]]{1,40}:\s{0,8}\d{1,10}\]/y,
  // serial loggers
  /\[\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d(?:[.,]\d+)?(?:Z|[+-]\d\d:?\d\d)?\]/y,
  /\[?\d\d:\d\d:\d\d(?:[.,]\d+)?\]?(?=\s)/y,
  // syslog, journal
  /\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d(?:[.,]\d+)?(?:Z|\s?[+-]\d\d:?\d\d)?/y,
  /(?:\p{L}{2,4}\.? )?\p{L}{3,5}\.?\s{1,3}\d{1,2} (?:\d{4} )?\d\d:\d\d:\d\d(?:\.\d+)?(?: \d{4})?/uy,
  /\d{1,2} \p{L}{3,5}\.? \d\d:\d\d:\d\d/uy,
  // logcat
  /\d\d-\d\d \d\d:\d\d:\d\d\.\d+\s{1,8}(?:\d{1,10}\s{1,8}\d{1,10}\s{1,8})?[VDIWEF][ /]\S{0,80}\s{0,8}:/y,
  // dmesg -x
  /kern\s{0,8}:\w{1,8}\s{0,8}:/y,
  // the program, with host and facility before it
  /(?:\S{1,80}\s)?(?:\w{2,8}\.\w{2,8}\s)?(?:\[kernel\]|(?:vmunix|kernel|unknown)(?:\[\d+\])?:)/y,
];

const BLANKS = /[ \t>|]*/y;
/** More than these a line does not have. */
const MOST_PREFIXES = 8;
/** printk's time, wherever a logger that nobody knows puts it. */
const TIME = /\[\s{0,12}\d{1,12}\.\d{6}\](?:\[\s{0,12}([TC]\d{1,10})(?:\s[^\]]{0,20})?\])?/g;
const SEARCHED_CHARACTERS = 160;

/** Finds where the kernel's message begins; one blank after a prefix belongs to the prefix. */
export function messageStart(text: string): MessageStart {
  let at = end(BLANKS, text, 0);
  let caller: string | null = null;
  let isPrefixed = false;
  for (let count = 0; count < MOST_PREFIXES; count++) {
    const found = prefixAt(text, at);
    if (found === null) break;
    caller = found.caller ?? caller;
    isPrefixed = true;
    at = found.end;
    const blanks = end(BLANKS, text, at);
    const more = prefixAt(text, blanks);
    if (more === null) {
      if (text[at] === " ") at++;
      break;
    }
    at = blanks;
  }
  if (isPrefixed) return { at, caller, isPrefixed };
  return afterTime(text) ?? { at, caller, isPrefixed };
}

function prefixAt(text: string, at: number): { readonly end: number; readonly caller: string | null } | null {
  for (const prefix of PREFIXES) {
    prefix.lastIndex = at;
    const match = prefix.exec(text);
    if (match !== null) return { end: prefix.lastIndex, caller: match[1] ?? null };
  }
  return null;
}

function end(blanks: RegExp, text: string, at: number): number {
  blanks.lastIndex = at;
  blanks.exec(text);
  return blanks.lastIndex;
}

function afterTime(text: string): MessageStart | null {
  const [found] = text.slice(0, SEARCHED_CHARACTERS).matchAll(TIME);
  if (found === undefined) return null;
  const at = found.index + found[0].length;
  return { at: text[at] === " " ? at + 1 : at, caller: found[1] ?? null, isPrefixed: true };
}
