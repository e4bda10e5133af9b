import { type DECLARATIONS, HEADERS } from "../descriptions/words.ts";
import { type Completion, item } from "./items.ts";
import type { Offer } from "./offer.ts";

/** Keywords that begin a declaration or a header. */
export function declarationItems(offer: Offer): readonly Completion[] {
  const { file, kernelsFrom } = offer.environment;
  const headers = Object.keys(HEADERS).filter(
    (word) =>
      word === "import" ||
      (word === "kernel" ? kernelsFrom !== "header" : !file.regions.some((region) => region.item?.kind === "config")),
  );
  return [
    ...Object.entries(ITEM_SNIPPETS).map(([word, snippet]) =>
      item(word, "snippet", { snippet, topic: `keyword ${word}Declaration:${word}` }),
    ),
    ...headers.map((word) =>
      item(word, "keyword", {
        ...(HEADER_SNIPPETS[word] === undefined ? {} : { snippet: HEADER_SNIPPETS[word] }),
        topic: `keyword ${word}Header:${word}`,
      }),
    ),
  ];
}

const HEADER_SNIPPETS: Readonly<Record<string, string>> = { config: "config { $1 }", import: 'import "$1"' };

const ITEM_SNIPPETS: Readonly<Record<keyof typeof DECLARATIONS, string>> = {
  request: "request ${1:name} {\n  api   ${2:kmalloc}\n  size  ${3:64 B}\n  flags ${4:GFP_KERNEL}\n}",
  context: "context ${1:name} {\n  in ${2:process}\n}",
  scope: "scope ${1:name} {\n  clears ${2:__GFP_FS}\n}",
  flags: "flags ${1:NAME} = ${2:GFP_KERNEL}",
  flag: "flag __GFP_${1:NAME}",
  transform: "transform ${1:name}(${2:gfp}) = ${2:gfp} | $3",
  allocator: "allocator ${1:own_alloc}(${2:dev}, ${3:n}, ${4:gfp}) = ${5:kmalloc}(${3:n}, ${4:gfp})",
  policy: "policy ${1:name} for ${2:alloc_pages} {\n  allow only ${3:GFP_KERNEL}\n}",
  memory:
    "memory ${1:name} {\n  node 0 {\n    zone Normal {\n      managed    ${2:4 GiB}\n      free       order 0: ${3:1000}\n      watermarks min ${4:45 MiB}, low ${5:56 MiB}, high ${6:67 MiB}\n    }\n  }\n}",
  expect: "expect ${1:name} { ${2:sleeps never} }",
};
