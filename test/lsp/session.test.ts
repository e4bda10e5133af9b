import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { check } from "../../server/policy-language/check/check.ts";
import type { FileContent, Host } from "../../server/lsp/host.ts";
import { DOCUMENT_KINDS } from "../../server/service/kinds/index.ts";
import { Session } from "../../server/lsp/session.ts";

const FOLDER = "file:///p";
const uri = (name: string): string => `${FOLDER}/${name}.allocpolicy`;
const importing = (name: string): string =>
  `kernel 6.12\nimport "${name}.allocpolicy"\nrequest r { api kmalloc size 64 B flags GFP_KERNEL context rx }\n`;
const RX = "context rx { in softirq }\n";

/** A disk whose files are read when the test says so. */
class SlowDisk implements Host {
  readonly asked: string[] = [];
  readonly #waiting = new Map<string, ((content: FileContent) => void)[]>();
  readonly #files: readonly string[];

  constructor(files: readonly string[] = []) {
    this.#files = files;
  }

  canRead = (): boolean => true;
  listFiles = (): Promise<readonly string[]> => Promise.resolve(this.#files);
  readFile = (asked: string): Promise<FileContent> => {
    this.asked.push(asked);
    return new Promise((resolve) => {
      this.#waiting.set(asked, [...(this.#waiting.get(asked) ?? []), resolve]);
    });
  };

  give(asked: string, content: FileContent): void {
    for (const resolve of this.#waiting.get(asked) ?? []) resolve(content);
    this.#waiting.delete(asked);
  }
}

function sessionOn(host: Host): { readonly session: Session; readonly news: { count: number } } {
  const news = { count: 0 };
  const session = new Session(host, DOCUMENT_KINDS, () => {
    news.count += 1;
  });
  session.changeFolders([FOLDER], []);
  return { session, news };
}

/** Lets everything happen that waits for nothing but its turn. */
const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

beforeEach(() => void vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] }));
afterEach(() => void vi.useRealTimers());

const rulesOf = (session: Session, name: string): readonly string[] =>
  check(session.document(uri(name)).workspace, uri(name))
    .regions.flat()
    .map(({ rule }) => rule);

describe("a file that takes for ever to read", () => {
  test("keeps no document waiting but those that import it", async () => {
    const disk = new SlowDisk();
    const { session } = sessionOn(disk);
    session.open(uri("hanging"), "allocpolicy", 1, importing("never"));
    session.open(uri("other"), "allocpolicy", 1, importing("soon"));
    session.open(uri("alone"), "allocpolicy", 1, "kernel 6.12\n");
    expect(["hanging", "other", "alone"].map((name) => session.isWaiting(uri(name)))).toEqual([true, true, false]);
    await session.referencesSettled(uri("alone"));
    disk.give(uri("soon"), { text: RX });
    await session.referencesSettled(uri("other"));
    expect(rulesOf(session, "other")).toContain("sleep-in-atomic");
    expect(session.isWaiting(uri("hanging"))).toBe(true);
  });

  test("is waited for only as long as reads come to an end, and used when it comes after all", async () => {
    const disk = new SlowDisk();
    const { session, news } = sessionOn(disk);
    session.open(uri("hanging"), "allocpolicy", 1, importing("never"));
    vi.runAllTimers();
    await session.referencesSettled(uri("hanging"));
    // Not read is not missing: neither the file nor the names that it may declare.
    expect(rulesOf(session, "hanging")).toEqual([]);
    const before = news.count;
    disk.give(uri("never"), { text: RX });
    await turn();
    expect(news.count).toBeGreaterThan(before);
    expect(rulesOf(session, "hanging")).toContain("sleep-in-atomic");
  });

  test("does not hold up the reading of a folder", async () => {
    const disk = new SlowDisk([uri("never"), uri("user"), uri("lib")]);
    const { session } = sessionOn(disk);
    const scanned = session.scanFolders();
    await turn();
    expect(disk.asked).toHaveLength(3);
    disk.give(uri("user"), { text: importing("lib") });
    disk.give(uri("lib"), { text: RX });
    await turn();
    vi.runAllTimers();
    await scanned;
    expect(rulesOf(session, "user")).toContain("sleep-in-atomic");
  });
});

describe("a file that is wanted", () => {
  test("is read once for all that import it, and again when it changes while it is read", async () => {
    const disk = new SlowDisk();
    const { session } = sessionOn(disk);
    for (const name of ["a", "b", "c"]) session.open(uri(name), "allocpolicy", 1, importing("lib"));
    expect(disk.asked).toEqual([uri("lib")]);
    const again = session.reread(uri("lib"));
    disk.give(uri("lib"), { text: "" });
    await turn();
    expect(disk.asked).toHaveLength(2);
    disk.give(uri("lib"), { text: RX });
    await again;
    for (const name of ["a", "b", "c"]) expect(rulesOf(session, name)).toContain("sleep-in-atomic");
  });

  test("and cannot be read is reported on the import", async () => {
    const disk = new SlowDisk();
    const { session } = sessionOn(disk);
    session.open(uri("a"), "allocpolicy", 1, importing("lib"));
    disk.give(uri("lib"), { unreadable: "it is a folder" });
    await session.referencesSettled(uri("a"));
    expect(rulesOf(session, "a")).toContain("import-not-found");
  });
});

describe("documents of one folder that do not import each other", () => {
  test("are each checked as if the others were not there, whatever is opened first or mended later", () => {
    const { session } = sessionOn(new SlowDisk());
    const headless = "request r {\n  api kmalloc\n  size 64 B\n  flags GFP_KERNEL\n  context softirq\n}\n";
    session.open(uri("bare"), "allocpolicy", 1, "kernel\n");
    expect(rulesOf(session, "bare")).toEqual(["syntax"]);
    session.open(uri("none"), "allocpolicy", 1, headless);
    expect(rulesOf(session, "none")).toContain("sleep-in-atomic");
    session.change(uri("bare"), 2, [{ text: "kernel 6.12\n" }]);
    expect(rulesOf(session, "none")).toContain("sleep-in-atomic");
  });
});
