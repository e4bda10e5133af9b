import { LINE_KINDS } from "./lines/index.ts";
import type { LineKind } from "./line-kind.ts";
import { header, titleOf } from "./lines/header.ts";
import { messageStart } from "./prefix.ts";
import type { LogLine } from "./printed.ts";
import { isSoftBreak, joined, lineFrom, logLinesOf, RawLines, withoutCutWord, type RawLine } from "./raw-lines.ts";
import type { Draft, KernelReport, ReportKind } from "./report.ts";

/** A report is over when so many lines have passed that are none of its own. */
const PATIENCE_LINES = 2000;
/** CPUs that print at once; the oldest is then given up. */
const MOST_OPEN = 16;
const MOST_DAMAGE = 64;
/** Characters of a line that is put together again. */
const MOST_JOINED = 16_384;

/** A report while it is read, and its line that may go on. */
interface Open {
  readonly caller: string | null;
  readonly draft: Draft;
  pending: { readonly kind: LineKind; line: LogLine; readonly isPrefixed: boolean } | null;
  isClosed: boolean;
  /** `Node 0` alone, of which the rest is a line of its own: see `LineKind.piece`. */
  node: LogLine | null;
}

/**
 * Reads the reports of a kernel log that comes in chunks, and gives each as soon as it is over, in the order of their
 * first lines. Of lines that belong to no report nothing is kept; of a report no more than its lists allow.
 */
export class ReportReader {
  readonly #give: (report: KernelReport) => void;
  readonly #lines = new RawLines((line) => this.#take(line));
  /** In the order in which they began; those at the end may still be open. */
  #reports: Open[] = [];
  #count = 0;
  /** The line before, whose end may be the beginning of the words that begin a report. */
  #before: LogLine | null = null;
  /** A line of mail that goes on in the next one. */
  readonly #mail: { soft: { readonly line: LogLine; readonly raw: RawLine } | null } = { soft: null };

  constructor(give: (report: KernelReport) => void) {
    this.#give = give;
  }

  push(chunk: string): void {
    this.#lines.push(chunk);
  }

  end(): void {
    this.#lines.end();
    if (this.#mail.soft !== null) this.#wholes([this.#mail.soft.line], this.#mail.soft.raw);
    for (const open of this.#reports) this.#close(open);
    this.#emit();
  }

  #take(raw: RawLine): void {
    const [first, ...more] = logLinesOf(raw);
    if (first === undefined) return;
    const { soft } = this.#mail;
    this.#mail.soft = null;
    const goesOn = soft !== null && !messageStart(first.text).isPrefixed;
    if (soft !== null && !goesOn) this.#wholes([soft.line], soft.raw);
    const begun = goesOn ? softlyJoined(soft.line, first) : first;
    if (isSoftBreak(raw) && more.length === 0) this.#mail.soft = { line: begun, raw };
    else this.#wholes([begun, ...more], raw);
  }

  #wholes(lines: readonly LogLine[], raw: RawLine): void {
    for (const whole of lines) {
      const before = this.#before;
      this.#before = whole;
      if (this.#reports.length === 0 && !mayBegin(whole.text)) continue;
      const { at, caller, isPrefixed } = messageStart(whole.text);
      const line = lineFrom(whole, at);
      const number = whole.pieces[0]?.line ?? raw.number;
      const complete = raw.isUnfinished ? withoutCutWord(line) : line;
      const begun = isPrefixed || before === null ? null : begunBefore(before, complete);
      if (begun === null) this.#line(complete, number, caller, isPrefixed);
      else this.#line(begun.line, number - 1, begun.caller, begun.isPrefixed);
    }
    const [oldest] = this.#reports;
    if (oldest !== undefined && raw.number - oldest.draft.lastLine > PATIENCE_LINES) {
      this.#close(oldest);
      this.#emit();
    }
  }

  #line(line: LogLine, number: number, caller: string | null, isPrefixed: boolean): void {
    const kind = titleOf(line.text);
    if (kind !== null) {
      this.#begin(kind, line, number, caller, isPrefixed);
      return;
    }
    const open = this.#reports.findLast((report) => !report.isClosed && (caller === null || report.caller === caller));
    if (open !== undefined) this.#goOn(open, line, number, isPrefixed);
  }

  #begin(kind: ReportKind, line: LogLine, number: number, caller: string | null, isPrefixed: boolean): void {
    const before = this.#reports.findLast((report) => !report.isClosed && report.caller === caller);
    if (before !== undefined) {
      flush(before);
      // To 4.8 vmalloc says what it wanted, and the report of the page that it did not get follows.
      const { draft } = before;
      if (draft.kind === "vmalloc" && draft.mask === null && draft.trace.length === 0 && kind === "page-allocation") {
        draft.lastLine = number;
        before.pending = { kind: header, line, isPrefixed };
        return;
      }
      this.#close(before);
    }
    this.#emit();
    if (this.#reports.length >= MOST_OPEN) {
      const [oldest] = this.#reports;
      if (oldest !== undefined) this.#close(oldest);
      this.#emit();
    }
    const pending = { kind: header, line, isPrefixed };
    this.#reports.push({ caller, draft: emptyDraft(kind, number), pending, isClosed: false, node: null });
  }

  #goOn(open: Open, given: LogLine, number: number, isPrefixed: boolean): void {
    const { draft, pending } = open;
    if (/^\s*Node \d+\s*$/.test(given.text)) {
      flush(open);
      open.node = given;
      return;
    }
    const line =
      open.node !== null && /^(?:DMA|DMA32|Normal|HighMem|Movable|Device)\b/.test(given.text)
        ? joined(open.node, " ", given)
        : given;
    open.node = null;
    const kind = LINE_KINDS.find((candidate) => candidate.begins(line.text, draft));
    if (kind === undefined) {
      if (pending === null) return;
      if (isPrefixed && pending.isPrefixed) {
        if (pending.kind.piece?.test(line.text) !== true || line.text.trim() === "") return;
        draft.lastLine = number;
        if (pending.line.text.length < MOST_JOINED) pending.line = joined(pending.line, " ", line);
        return;
      }
      const text = line.text.trimStart();
      const isRoom = pending.line.text.length + text.length < MOST_JOINED;
      const between = isRoom ? (pending.kind.joint?.(pending.line.text, text, draft) ?? null) : null;
      if (between === null) {
        flush(open);
        return;
      }
      draft.lastLine = number;
      if (between === "" && pending.kind !== header) draft.breaksWords = true;
      pending.line = joined(pending.line, between, lineFrom(line, line.text.length - text.length));
      return;
    }
    flush(open);
    draft.lastLine = number;
    if (kind.name !== "memcg") draft.inMemcgStats = false;
    open.pending = { kind, line, isPrefixed };
    // Others ask what the report has so far.
    if (kind.joint === undefined) flush(open);
  }

  #close(open: Open): void {
    flush(open);
    open.isClosed = true;
  }

  #emit(): void {
    while (this.#reports[0]?.isClosed === true) {
      const draft = this.#reports.shift()?.draft;
      if (draft === undefined || isNothing(draft)) continue;
      this.#count++;
      this.#give(finished(draft, this.#count));
    }
  }
}

/** A line of mail and the one that it goes on in. The sign before the sum of a free list is one of the kernel's. */
function softlyJoined(line: LogLine, next: LogLine): LogLine {
  const isSum = /(?:kB|\)) =$/.test(line.text) && /^\d+kB\s*$/.test(next.text);
  return isSum ? joined(line, " ", next) : joined({ ...line, text: line.text.slice(0, -1) }, "", next);
}

/** Without these words no line begins a report, nor goes on with the words that do. */
function mayBegin(text: string): boolean {
  return text.includes("alloc") || text.includes("oom-killer") || REST_OF_TITLE.test(text);
}

const REST_OF_TITLE = /\b(?:order|mode):(?:\d|0x)|gfp_mask=/;

/** A line that was broken within the words that begin a report, put together; null: it is none. */
function begunBefore(
  before: LogLine,
  line: LogLine,
): { readonly line: LogLine; readonly caller: string | null; readonly isPrefixed: boolean } | null {
  if (!REST_OF_TITLE.test(line.text) || titleOf(line.text) !== null) return null;
  const { at, caller, isPrefixed } = messageStart(before.text);
  const first = lineFrom(before, at);
  if (titleOf(first.text) !== null) return null;
  for (const between of [" ", ""]) {
    const whole = joined(first, between, line);
    if (titleOf(whole.text) !== null) return { line: whole, caller, isPrefixed };
  }
  return null;
}

function flush(open: Open): void {
  const { pending } = open;
  if (pending === null) return;
  open.pending = null;
  pending.kind.read(pending.line, open.draft);
  if (open.draft.damage.length > MOST_DAMAGE) open.draft.damage.length = MOST_DAMAGE;
}

/** Words of a text that only look like the beginning of a report. */
function isNothing({ kind, order, mask, sizeBytes, zones }: Draft): boolean {
  if (kind === "vmalloc") return sizeBytes === null;
  return order === null && mask === null && zones.length === 0;
}

function finished(draft: Draft, number: number): KernelReport {
  const {
    lastZone: _zone,
    lastPerCpu: _perCpu,
    stack: _stack,
    inMemcgStats: _stats,
    taskColumns: _columns,
    ...rest
  } = draft;
  const { breaksWords: _breaks, ...report } = rest;
  return { ...report, number };
}

function emptyDraft(kind: ReportKind, line: number): Draft {
  return {
    kind,
    number: 0,
    firstLine: line,
    lastLine: line,
    title: { text: "", place: { line, column: 0, length: 0 } },
    command: null,
    order: null,
    mask: null,
    maskNames: null,
    sizeBytes: null,
    nodemask: null,
    cpuset: null,
    memsAllowed: null,
    cpu: null,
    pid: null,
    kernel: null,
    trace: [],
    totals: [],
    nodes: [],
    zones: [],
    freeLists: [],
    perCpu: [],
    hugePages: [],
    counters: [],
    tasks: [],
    taskCount: 0,
    slabs: [],
    slub: null,
    memcg: null,
    constraint: null,
    kill: null,
    damage: [],
    lastZone: null,
    lastPerCpu: null,
    stack: null,
    inMemcgStats: false,
    taskColumns: null,
    breaksWords: false,
  };
}

/** The reports of a text that is there as a whole, the first `most` of them. */
export function readReports(text: string, most = Number.POSITIVE_INFINITY): readonly KernelReport[] {
  const reports: KernelReport[] = [];
  const reader = new ReportReader((report) => {
    if (reports.length < most) reports.push(report);
  });
  for (let at = 0; at < text.length && reports.length < most; at += CHUNK) reader.push(text.slice(at, at + CHUNK));
  reader.end();
  return reports;
}

const CHUNK = 65_536;
