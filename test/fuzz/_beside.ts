// What `check` reads beside what it checks: a baseline, a change as mail brings it, the Makefile and .config of a
// kernel tree, a policy for its C, what a policy imports.
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { INTERNAL } from "../../server/cli/command.ts";
import { main } from "../../server/cli/main.ts";
import { visible } from "../../server/service/visible.ts";
import { kernelTree, lockedCall, TWO_FILES } from "../cli/_kernel-tree.ts";
import { hold, type Target } from "./_target.ts";

const POLICY = `kernel 6.12
import "lib.allocpolicy"
context rx_ring in "nic_poll" { in softirq }
request r { api kmalloc  size 64 B  flags GFP_KERNEL  context shared }
policy own for kmalloc { forbid has __GFP_NOFAIL because "it must come back" }
`;

export const SURROUNDINGS: Readonly<Record<string, string>> = {
  Makefile: "VERSION = 6\nPATCHLEVEL = 12\nSUBLEVEL = 9\nEXTRAVERSION = -rc2\n",
  ".config": "CONFIG_NUMA=y\nCONFIG_PREEMPT_RT=y\nCONFIG_ARM64_64K_PAGES=y\nCONFIG_PAGE_SHIFT=16\nCONFIG_OWN=m\n",
  "drivers/a.c": lockedCall("a_get"),
  "drivers/net/own/Makefile": TWO_FILES["drivers/net/own/Makefile"] ?? "",
  "drivers/p.allocpolicy": POLICY,
  "drivers/lib.allocpolicy": 'import "p.allocpolicy"\ncontext shared { in softirq }\n',
  "known.json":
    '{\n  "version": 1,\n  "findings": [\n    {"path":"drivers/a.c","rule":"sleep-in-atomic","declaration":"a_get","text":"kmalloc(64,GFP_KERNEL)","count":1}\n  ]\n}\n',
  "series.mbox": `From: A <a@example.org>
Subject: [PATCH 1/2] own: more =?UTF-8?q?=C3=BC?=
MIME-Version: 1.0
Content-Type: multipart/mixed; boundary="part"

--part
Content-Transfer-Encoding: quoted-printable

diff --git a/drivers/a.c b/drivers/a.c
--- a/drivers/a.c
+++ b/drivers/a.c
@@ -3,5 +3,5 @@ void *a_get(struct own *o)
 	void *p;

 	spin_lock(&o->lock);
-	p =3D kmalloc(64, GFP_KERNEL);
+	p =3D kmalloc(64, GFP_KERNEL | __GFP_ZERO);
 	spin_unlock(&o->lock);
rename from drivers/b.c
--part--
`,
};

const WORDS =
  '\n|"|{|}|[|]|,|:|0|-1|1e308|null|"count":0|"path":"../x"|"path":""|"declaration":null|--- a/drivers/a.c\n|+++ /dev/null\n|@@ -1,3 +1,4 @@\n|@@ -0,0 +1 @@\n|-\t|+\t| \t|\\ No newline at end of file\n|GIT binary patch\n|rename to |=3D|=\n|Content-Transfer-Encoding: base64\n|--part\n|From |From: |VERSION = |PATCHLEVEL = 99999\n|SUBLEVEL\t=|EXTRAVERSION = -rc|CONFIG_|=y|=m|=n|CONFIG_PAGE_SHIFT=|import "drivers/lib.allocpolicy"\n|import "p.allocpolicy"\n|import "\u202e/..//%00?#.allocpolicy"\n|context x in "*" { in hardirq }\n|obj-y += |own-objs := |\u0000|\u202e|\ud800|\r\n'.split(
    "|",
  );

/** The name of a file on the first line, and then what it holds instead. */
export const beside: Target = {
  name: "beside",
  words: WORDS,
  begin: () => async (input) => {
    const end = input.indexOf("\n");
    const name = input.slice(0, Math.max(0, end));
    if (!Object.hasOwn(SURROUNDINGS, name)) return;
    const files = kernelTree({ ...TWO_FILES, ...SURROUNDINGS, [name]: input.slice(end + 1) });
    const cwd = mkdtempSync(join(tmpdir(), "allocpolicy-fuzz-"));
    try {
      for (const [path, text] of Object.entries(files)) {
        mkdirSync(dirname(join(cwd, path)), { recursive: true });
        writeFileSync(join(cwd, path), text);
      }
      const change = name === "series.mbox" ? ["--patch", name] : ["--baseline", "known.json", "drivers"];
      let [out, err] = ["", ""];
      const status = await main(["check", "--format", "json", "--link", "module", ...change], {
        cwd,
        input: (async function* () {})(),
        write: async (text) => {
          out += text;
        },
        warn: (text) => {
          err += text;
        },
        uninterrupted: (work) => Promise.resolve(work()),
        terminal: null,
        cores: 1,
        thread: null,
        cacheFolder: null,
      });
      hold(status !== INTERNAL && !out.includes("internal-error"), `AllocPolicy is not at fault: ${err}${out}`);
      hold(visible(out + err) === out + err, "nothing of the input steers a terminal");
      if (out !== "") JSON.parse(out);
      hold(out !== "" || err !== "", "who is refused is told why");
    } finally {
      rmSync(cwd, { recursive: true, force: true });
    }
  },
};
